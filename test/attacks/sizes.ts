import { encode, signParts, toJson } from '../support/forge.js';
import { bearer, claimsWith, requestText, VALID_TOKEN, type RequestAttack } from './attack.js';

const MEGABYTE = 2 ** 20;

/** The largest token that is looked at, in characters. */
export const LARGEST_TOKEN = 16_384;

/** Requests that are larger than anything has to be. Node.js itself answers most of them. */
export const SIZE_ATTACKS: RequestAttack[] = [
  attack('a token of 16,384 characters in a header', () => [bearer(validTokenOf(LARGEST_TOKEN))]),
  attack('a token of 16,385 characters in a header', () => [
    bearer(validTokenOf(LARGEST_TOKEN + 1)),
  ]),
  attack('a correctly signed token of a megabyte', () => [bearer(validTokenOf(MEGABYTE))]),
  attack('a megabyte of letters instead of a token', () => [bearer('A'.repeat(MEGABYTE))]),
  attack('a megabyte of dots instead of a token', () => [bearer('.'.repeat(MEGABYTE))]),
  attack('a megabyte of spaces before the token', () => [
    bearer(' '.repeat(MEGABYTE) + VALID_TOKEN),
  ]),
  attack('a megabyte of another header', () => [`X-Filling: ${'x'.repeat(MEGABYTE)}`]),
  attack('a header whose name is a megabyte', () => [`${'x'.repeat(MEGABYTE)}: 1`]),
  attack('ten thousand headers', () => Array.from({ length: 10_000 }, (_, n) => `X-${n}: 1`)),
  attack('ten thousand Authorization headers', () => Array(10_000).fill(bearer('x')) as string[]),
  {
    name: 'a URL of a megabyte',
    request: () => requestText(`GET /required?x=${'x'.repeat(MEGABYTE)}`),
    answers: [400, 414, 431, 'closed'],
  },
  ...[LARGEST_TOKEN + 1, 50_000].map((length) => ({
    name: `a well signed token of ${length} characters, handed to the service`,
    request: () => handedOver(validTokenOf(length)),
    answers: [401] as const,
  })),
  ...['A', '.', 'eyJ.', '\u0000', '\u{1f600}'].map((filling) => ({
    name: `a token of many ${JSON.stringify(filling)}, handed to the service`,
    request: () => handedOver(filling.repeat(10_000)),
    answers: [401] as const,
  })),
  ...[
    undefined,
    null,
    1,
    true,
    {},
    [],
    [VALID_TOKEN],
    { toString: VALID_TOKEN },
    { length: 9 },
  ].map((token) => ({
    name: `${token === undefined ? 'nothing' : JSON.stringify(token).slice(0, 20)} for a token, handed to the service`,
    request: () => handedOver(token),
    answers: [401] as const,
  })),
  {
    name: 'a token of megabytes, passed to the service',
    request: () => handedOver('A'.repeat(2 * MEGABYTE)),
    answers: [413, 'closed'],
  },
];

/** A valid token of exactly that length; it is let in if it is not too long. */
export function validTokenOf(length: number): string {
  for (const kid of ['', 'a', 'aa']) {
    const header = encode(JSON.stringify({ alg: 'RS256', kid }));
    const empty = signParts(header, encode(toJson(claimsWith({ properties: { filling: '' } }))));
    const filling = 'x'.repeat(Math.floor(((length - empty.length) * 3) / 4));
    const token = signParts(header, encode(toJson(claimsWith({ properties: { filling } }))));
    if (token.length === length) return token;
  }
  throw new Error(`No token has ${length} characters`);
}

/** The text of a request whose body hands a token to PropelAuthService. */
export function handedOver(token: unknown): string {
  return requestText('POST /token', ['Content-Type: application/json'], JSON.stringify({ token }));
}

function attack(name: string, headers: () => string[]): RequestAttack {
  return {
    name,
    request: () => requestText('GET /required', headers()),
    answers: [400, 401, 431, 'closed'],
  };
}
