/** Changes to the text of one part of a token. */
export type TextMutation = (part: string) => string;

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Where a position falls in a text; negative ones count from its end. */
function placeIn(part: string, at: number): number {
  return part.length === 0 ? 0 : (at < 0 ? part.length + at : at) % part.length;
}

function replaceAt(part: string, index: number, character: string): string {
  return part.slice(0, index) + character + part.slice(index + 1);
}

/** Another character of the alphabet, `by` places on: so the change is one whatever stood there. */
export function changeCharacter(at: number, by: number): TextMutation {
  return (part) => {
    const index = placeIn(part, at);
    const value = ALPHABET.indexOf(part.charAt(index));
    return replaceAt(part, index, ALPHABET.charAt((value + by) % 64));
  };
}

export function cut(count: number): TextMutation {
  return (part) => part.slice(0, -count);
}

export function append(what: string): TextMutation {
  return (part) => part + what;
}

export function insert(at: number, what: string): TextMutation {
  return (part) => part.slice(0, placeIn(part, at)) + what + part.slice(placeIn(part, at));
}

/** The alphabet of plain base64 (RFC 4648, section 4), which lenient decoders take for the same. */
export const toBase64Alphabet: TextMutation = (part) =>
  part.replaceAll('-', '+').replaceAll('_', '/');

/** Sets bits of the last character that stand for nothing; a part of whole groups has none. */
export function addTrailingBits(bits: number): TextMutation {
  return (part) => {
    const unused = [0, 0, 0b1111, 0b11][part.length % 4] as number;
    const last = ALPHABET.indexOf(part.slice(-1));
    return part.slice(0, -1) + ALPHABET.charAt(last | (bits & unused));
  };
}
