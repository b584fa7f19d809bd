import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** As opaque as PropelAuth's. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** What is kept of a secret that only the client needs to know, and the challenge of a code verifier. */
export function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}

/** Whether texts are the same. How long it takes says nothing of what differs. */
export function isSameSecret(one: string, other: string): boolean {
  const [first, second] = [Buffer.from(one), Buffer.from(other)];
  return first.length === second.length && timingSafeEqual(first, second);
}

/** A text of someone else for a line: without line breaks, and what changes the direction of the text after it. */
export function oneLine(text: string): string {
  return text.replace(/\p{C}+/gu, ' ');
}
