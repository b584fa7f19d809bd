import * as fc from 'fast-check';
import { mutatedToken } from '../callers/user/tokens.arbitrary.js';
import { bob, carol, dave } from '../support/claims.js';
import { FOREIGN_KEYS, forge, hs256WithPublicKey, rs256, unsigned } from '../support/forge.js';
import { bearer, claimsWith, VALID_TOKEN } from './attack.js';
import { MISPLACED_TOKENS } from './requests.js';
import { KEYS } from './secrets.js';

/** Somebody who may reach these handlers and no other, whatever they send. */
export interface Caller {
  readonly headers: readonly string[];
  readonly mayReach: readonly string[];
}

const USER = ['required', 'optional', 'in-person', 'either'];
const OWNER = [...USER, 'org', 'owner'];

function keyCallers(key: string, ...kinds: string[]): Caller[] {
  const mayReach = ['key', 'either', ...kinds];
  return [
    { headers: [`X-API-Key: ${key}`], mayReach },
    { headers: [bearer(key)], mayReach },
    // Where either is let in, nobody is who has both.
    {
      headers: [`X-API-Key: ${key}`, bearer(VALID_TOKEN)],
      mayReach: OWNER.filter((handler) => handler !== 'either'),
    },
  ];
}

/** Callers with good credentials, each of which some routes reject. */
export const knownCaller: fc.Arbitrary<Caller> = fc.constantFrom(
  { headers: [bearer(forge(claimsWith(dave)))], mayReach: USER },
  { headers: [bearer(forge(claimsWith(carol)))], mayReach: [...USER, 'org'] },
  { headers: [bearer(forge(claimsWith(bob)))], mayReach: [...USER, 'org'] },
  { headers: [bearer(VALID_TOKEN)], mayReach: OWNER },
  {
    headers: [bearer(forge(claimsWith({ impersonator_user_id: 'employee' })))],
    mayReach: OWNER.filter((handler) => handler !== 'in-person'),
  },
  ...keyCallers(KEYS.personal, 'personal-key'),
  ...keyCallers(KEYS.org, 'org-key', 'key-of-org'),
  ...keyCallers(KEYS.admin, 'org-key', 'key-of-org', 'key-of-admin'),
  ...keyCallers(KEYS.formerMember, 'org-key'),
);

const TOKENS = [VALID_TOKEN, ...[bob, carol].map((claims) => forge(claimsWith(claims)))];

/** Tokens that are mutated, forged or over. */
export const badToken: fc.Arbitrary<string> = fc.oneof(
  mutatedToken(TOKENS).filter((token) => !TOKENS.includes(token.trim())),
  fc.constantFrom(
    forge(claimsWith(), undefined, rs256(FOREIGN_KEYS.privateKey)),
    forge(claimsWith(), { alg: 'HS256' }, hs256WithPublicKey),
    forge(claimsWith(), { alg: 'none' }, unsigned),
    forge(claimsWith({ exp: 1 })),
    forge(claimsWith({ iss: 'https://evil.example' })),
  ),
);

/** Of ASCII, or of anything. */
export const anyText = (maxLength: number, minLength = 0): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.string({ minLength, maxLength }) },
    fc.string({ unit: 'binary', minLength, maxLength }),
  );

/** One line of a header, whatever was to be in it. */
export const oneLine = (text: string): string => text.replace(/[\r\n]/g, '');

const scheme = fc.oneof(
  fc.constant('Bearer '),
  fc.constantFrom('bearer ', 'Bearer  ', 'Bearer\t', 'Basic ', '', 'Bearer'),
);
const badKey = fc.oneof(
  anyText(80, 1),
  fc.constantFrom(...Object.values(KEYS)).map((key) => key.slice(1)),
  fc.constantFrom('a.b.c', '__proto__', 'a'.repeat(1_100)),
);

/** Callers without a credential that is good. */
export const unknownCaller: fc.Arbitrary<Caller> = fc
  .oneof(
    fc.constant<string[]>([]),
    fc.tuple(scheme, badToken).map((parts) => [`Authorization: ${parts.join('')}`]),
    fc.array(badToken, { minLength: 2, maxLength: 3 }).map((tokens) => tokens.map(bearer)),
    fc.constantFrom(...MISPLACED_TOKENS.map(([, headers]) => headers)),
    badKey.map((key) => [`X-API-Key: ${key}`]),
    badKey.map((key) => [bearer(key)]),
    fc.tuple(badKey, badToken).map(([key, token]) => [`x-api-key: ${key}`, bearer(token)]),
  )
  .map((headers) => ({ headers: headers.map(oneLine), mayReach: [] }));
