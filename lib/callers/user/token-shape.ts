/** Node.js accepts 16,384 characters of headers by default. */
export const MAXIMUM_TOKEN_LENGTH = 16_384;

const THREE_PARTS = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;

/** The characters at which a part may end, by its length modulo 4: those whose unused bits are zero. */
const LAST_CHARACTERS = [undefined, '', 'AQgw', 'AEIMQUYcgkosw048'] as const;

/**
 * Whether a text has the shape of a signed token (RFC 7515, section 7.1): at most 16 KB, three non-empty parts of strict base64url (RFC
 * 4648, section 5; no padding, unused trailing bits zero). Decoders differ in what else they accept. With this check, a token has exactly
 * one text.
 */
export function hasTokenShape(token: string): boolean {
  return (
    token.length <= MAXIMUM_TOKEN_LENGTH &&
    THREE_PARTS.test(token) &&
    token.split('.').every(isCanonical)
  );
}

function isCanonical(part: string): boolean {
  return LAST_CHARACTERS[part.length % 4]?.includes(part.at(-1) as string) ?? true;
}
