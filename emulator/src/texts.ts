import { timingSafeEqual } from 'node:crypto';

/** Whether texts are the same. How long it takes says nothing of what differs. */
export function isSameSecret(one: string, other: string): boolean {
  const [first, second] = [Buffer.from(one), Buffer.from(other)];
  return first.length === second.length && timingSafeEqual(first, second);
}

/** A text of someone else for a line: without line breaks, and what changes the direction of the text after it. */
export function oneLine(text: string): string {
  return text.replace(/\p{C}+/gu, ' ');
}
