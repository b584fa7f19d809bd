import { hasTokenShape } from './token-shape.js';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'.split('');

/** Whether decoding and encoding give a part back: Node.js decodes leniently and encodes strictly. */
function isCanonical(part: string): boolean {
  return part !== '' && Buffer.from(part, 'base64url').toString('base64url') === part;
}

describe('hasTokenShape', () => {
  describe.each([
    ['header', (part: string) => `${part}.AAAA.AAAA`],
    ['payload', (part: string) => `AAAA.${part}.AAAA`],
    ['signature', (part: string) => `AAAA.AAAA.${part}`],
  ])('in the %s', (_name, tokenWith) => {
    it.each([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])('checks a length of %i', (length) => {
      const isWholeBytes = length > 0 && length % 4 !== 1;
      expect(hasTokenShape(tokenWith('A'.repeat(length)))).toBe(isWholeBytes);
    });

    it.each([
      ['one byte', 'A', 4],
      ['two bytes', 'AA', 16],
      ['three bytes', 'AAA', 64],
      ['four bytes', 'AAAAA', 4],
      ['five bytes', 'AAAAAA', 16],
    ])('rejects every last character of %s that has stray bits', (_what, start, canonical) => {
      const accepted = ALPHABET.filter((last) => hasTokenShape(tokenWith(start + last)));
      expect(accepted).toEqual(ALPHABET.filter((last) => isCanonical(start + last)));
      expect(accepted).toHaveLength(canonical);
    });

    it('accepts exactly 64 of all characters', () => {
      const accepted = Array.from({ length: 0x1_0000 }, (_, code) =>
        String.fromCharCode(code),
      ).filter((character) => hasTokenShape(tokenWith(`A${character}AA`)));
      expect(accepted).toEqual(ALPHABET.toSorted());
    });

    it.each(['=', '==', '\n', '\r\n', ' ', '\t', '\0', 'é', '😀'])(
      'rejects %j at its end',
      (tail) => {
        expect(hasTokenShape(tokenWith('AAAA'))).toBe(true);
        expect(hasTokenShape(tokenWith(`AAAA${tail}`))).toBe(false);
        expect(hasTokenShape(tokenWith(`${tail}AAAA`))).toBe(false);
      },
    );
  });

  it.each([
    ['an empty string', ''],
    ['one part', 'AAAA'],
    ['two parts', 'AAAA.AAAA'],
    ['two parts and an empty one', 'AAAA.AAAA.'],
    ['four parts', 'AAAA.AAAA.AAAA.AAAA'],
    ['five parts, an encrypted token', 'AAAA.AAAA.AAAA.AAAA.AAAA'],
    ['three parts and an empty one', 'AAAA.AAAA.AAAA.'],
    ['empty parts', '..'],
    ['a full stop of another script', 'AAAA。AAAA。AAAA'],
  ])('rejects %s', (_what, token) => {
    expect(hasTokenShape(token)).toBe(false);
  });

  it('accepts 16 KB and not one character more', () => {
    const longest = `AAAA.AAAA.${'A'.repeat(16_384 - 10)}`;
    expect(longest).toHaveLength(16_384);
    expect(hasTokenShape(longest)).toBe(true);
    // By its last part alone this one would do: 16,375 characters are whole bytes.
    expect(hasTokenShape(`${longest}A`)).toBe(false);
    expect(isCanonical('A'.repeat(16_375))).toBe(true);
  });
});
