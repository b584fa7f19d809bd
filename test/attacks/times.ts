import { forge, NOW, type JsonObject } from '../support/forge.js';
import { claimsWith, type TokenAttack } from './attack.js';

/** The leeway that the package allows when the options name none, in seconds. */
const LEEWAY = 60;

/** Times that are over, or not there yet, by the least that there is. */
const OUTSIDE: [string, JsonObject][] = [
  ['expired exactly at the end of the leeway', { exp: NOW - LEEWAY }],
  ['expired a fraction before the end of the leeway', { exp: NOW - LEEWAY - 0.001 }],
  ['expired a second before the end of the leeway', { exp: NOW - LEEWAY - 1 }],
  ['expired when it was issued', { iat: NOW - LEEWAY, exp: NOW - LEEWAY }],
  ['issued a fraction beyond the leeway', { iat: NOW + LEEWAY + 0.001 }],
  ['issued a second beyond the leeway', { iat: NOW + LEEWAY + 1 }],
  ['issued in milliseconds', { iat: NOW * 1000 }],
  ['valid from a fraction beyond the leeway', { nbf: NOW + LEEWAY + 0.001 }],
  ['valid from a second beyond the leeway', { nbf: NOW + LEEWAY + 1 }],
  ['valid from its expiry', { nbf: NOW + 1800 }],
  ['valid from a time in milliseconds', { nbf: NOW * 1000 }],
  ['of the year 1970', { iat: 0, exp: 1800 }],
];

/** The last times that are still let in, so that it is the edge that the attacks are beyond. */
const INSIDE: [string, JsonObject][] = [
  ['expires a second after the end of the leeway', { exp: NOW - LEEWAY + 1 }],
  ['issued exactly at the leeway', { iat: NOW + LEEWAY }],
  ['valid from exactly the leeway', { nbf: NOW + LEEWAY }],
];

export const TIME_ATTACKS: TokenAttack[] = OUTSIDE.map(toToken);
export const TIMES_LET_IN: TokenAttack[] = INSIDE.map(toToken);

function toToken([what, times]: [string, JsonObject]): TokenAttack {
  return { name: `a signed token ${what}`, token: () => forge(claimsWith(times)) };
}
