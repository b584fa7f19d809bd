/** Node.js accepts 16,384 characters of headers by default. */
export const MAXIMUM_TOKEN_LENGTH = 16_384;

const THREE_PARTS = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** The six bits that a character of the base64url alphabet stands for, by character code; 255 for every other character. */
const SIX_BITS = new Uint8Array(128).fill(255);
for (let index = 0; index < ALPHABET.length; index++) SIX_BITS[ALPHABET.charCodeAt(index)] = index;

/**
 * Whether a text has the shape of a signed token (RFC 7515, section 7.1): at most 16 KB, three non-empty parts of strict base64url (RFC
 * 4648, section 5; no padding, unused trailing bits zero). Decoders differ in what else they accept. With this check, a token has exactly
 * one text.
 */
export function hasTokenShape(token: string): boolean {
  if (token.length > MAXIMUM_TOKEN_LENGTH || !THREE_PARTS.test(token)) return false;
  const firstDot = token.indexOf('.');
  const secondDot = token.lastIndexOf('.');
  return (
    isCanonicalEnd(token, 0, firstDot) &&
    isCanonicalEnd(token, firstDot + 1, secondDot) &&
    isCanonicalEnd(token, secondDot + 1, token.length)
  );
}

/** Whether a part ends where whole bytes end: no lone last character, no stray bits in the last one. */
function isCanonicalEnd(token: string, start: number, end: number): boolean {
  const remainder = (end - start) % 4;
  if (remainder === 1) return false;
  if (remainder === 0) return true;
  const unusedBits = remainder === 2 ? 0b1111 : 0b11;
  return ((SIX_BITS[token.charCodeAt(end - 1)] as number) & unusedBits) === 0;
}
