import * as fc from 'fast-check';
import { encode, type JsonObject } from '../../support/forge.js';
import { membershipIn } from '../../support/claims.js';
import { ACME, ACME_ID } from '../../support/project.js';
import { claimsWith } from '../../attacks/attack.js';

type Change = (token: string, other: string) => string;

const position = fc.nat({ max: 4_000 });
const character = fc.oneof(
  fc.constantFrom('.', '=', '+', '/', 'A', '_', ' '),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
);

/** Changes to the text, and exchanges of parts with another valid token. */
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.tuple(position, character).map(([at, text]): Change => {
    return (token) => splice(token, at, 1, text);
  }),
  fc.tuple(position, character).map(([at, text]): Change => {
    return (token) => splice(token, at, 0, text);
  }),
  fc.tuple(position, fc.integer({ min: 1, max: 50 })).map(([at, count]): Change => {
    return (token) => splice(token, at, count, '');
  }),
  fc.tuple(position, position).map(([from, to]): Change => {
    return (token) => splice(token, from, 1, token.charAt(to % token.length));
  }),
  fc.nat({ max: 2 }).map((index): Change => {
    return (token, other) => replacePart(token, index, other.split('.')[index] ?? '');
  }),
  fc.tuple(fc.nat({ max: 2 }), fc.json()).map(([index, json]): Change => {
    return (token) => replacePart(token, index, encode(json));
  }),
  fc.tuple(fc.string({ minLength: 1 }), fc.jsonValue()).map(([name, value]): Change => {
    const claims = Object.fromEntries([...Object.entries(claimsWith()), [name, value]]);
    return (token) => replacePart(token, 1, encode(JSON.stringify(claims)));
  }),
  fc.constantFrom<Change>(
    (token) => token.toLowerCase(),
    (token) => token.split('.').toReversed().join('.'),
    (token) => token.repeat(2),
    (token, other) => other + token,
  ),
);

/** One of the tokens after one to three changes, which may have undone each other. */
export function mutatedToken(tokens: readonly string[]): fc.Arbitrary<string> {
  const changes = fc.array(change, { minLength: 1, maxLength: 3 });
  const pair = fc.tuple(fc.constantFrom(...tokens), fc.constantFrom(...tokens));
  return fc
    .tuple(pair, changes)
    .map(([[token, other], all]) => all.reduce((text, apply) => apply(text, other), token));
}

const CLAIMS = [
  ...Object.keys(claimsWith()),
  'nbf',
  'properties',
  'login_method',
  'org_member_info',
];
const MEMBERSHIP_CLAIMS = Object.keys(membershipIn(ACME, 'Owner'));

/** Valid claims in which some are replaced by any JSON, some memberships too. */
export const anyClaims: fc.Arbitrary<JsonObject> = fc
  .tuple(
    fc.dictionary(fc.oneof(fc.constantFrom(...CLAIMS), fc.string()), fc.jsonValue(), {
      maxKeys: 2,
    }),
    fc.dictionary(fc.constantFrom(...MEMBERSHIP_CLAIMS), fc.jsonValue(), { maxKeys: 1 }),
    fc.oneof({ weight: 4, arbitrary: fc.constant(ACME_ID) }, fc.string()),
  )
  .map(([changes, membershipChanges, orgId]) => ({
    ...claimsWith({
      org_id_to_org_member_info: { [orgId]: membershipIn(ACME, 'Owner', membershipChanges) },
    }),
    ...changes,
  }));

function splice(text: string, at: number, count: number, replacement: string): string {
  const index = at % (text.length + 1);
  return text.slice(0, index) + replacement + text.slice(index + count);
}

function replacePart(token: string, index: number, part: string): string {
  return token
    .split('.')
    .with(index % token.split('.').length, part)
    .join('.');
}
