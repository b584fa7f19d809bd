const MAXIMUM_TOKEN_LENGTH = 16_384;

const DOT = '.'.charCodeAt(0);
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** The six bits that a character of the base64url alphabet stands for, by character code; 255 for every other character. */
const SIX_BITS = new Uint8Array(128).fill(255);
for (let index = 0; index < ALPHABET.length; index++) SIX_BITS[ALPHABET.charCodeAt(index)] = index;

/**
 * Whether a text has the shape of a signed token (RFC 7515, section 7.1): at most 16 KB, three non-empty parts of strict
 * base64url (RFC 4648, section 5; no padding, unused trailing bits zero). Since decoders differ in what else they forgive,
 * this is what gives a token exactly one text.
 */
export function hasTokenShape(token: string): boolean {
  if (token.length > MAXIMUM_TOKEN_LENGTH) return false;
  let parts = 0;
  let start = 0;
  for (let index = 0; index <= token.length; index++) {
    const code = index === token.length ? DOT : token.charCodeAt(index);
    if (code === DOT) {
      if (!isCanonicalEnd(token, start, index)) return false;
      parts++;
      start = index + 1;
    } else if (code > 127 || SIX_BITS[code] === 255) {
      return false;
    }
  }
  return parts === 3;
}

/** Whether a part ends where whole bytes end: not empty, no lone last character, no stray bits in the last one. */
function isCanonicalEnd(token: string, start: number, end: number): boolean {
  const length = end - start;
  const remainder = length % 4;
  if (length === 0 || remainder === 1) return false;
  if (remainder === 0) return true;
  const unusedBits = remainder === 2 ? 0b1111 : 0b11;
  return ((SIX_BITS[token.charCodeAt(end - 1)] as number) & unusedBits) === 0;
}
