import * as fc from 'fast-check';
import { validClaims } from './claims.arbitrary.js';
import {
  encode,
  FOREIGN_KEYS,
  forge,
  hs256WithPublicKey,
  ISSUER,
  NOW,
  PROJECT_KEYS,
  ps256,
  rs256,
  rs384,
  signParts,
  toJson,
  TOO_LARGE,
  TOO_SMALL,
  unsigned,
  USUAL_HEADER,
  type JsonObject,
  type Signer,
} from '../support/forge.js';
import { inspect } from './inspection.js';
import {
  addTrailingBits,
  append,
  changeCharacter,
  cut,
  insert,
  toBase64Alphabet,
  type TextMutation,
} from '../support/text-mutations.js';

/** An Authorization header, and what was done to it. */
export interface TokenCase {
  readonly category: Category;
  readonly authorization: string | undefined;
}

const position = fc.oneof(fc.constantFrom(0, 1, -1, -2), fc.nat(4_000));

const textMutation: fc.Arbitrary<TextMutation> = fc.oneof(
  fc.tuple(position, fc.integer({ min: 1, max: 63 })).map(([at, by]) => changeCharacter(at, by)),
  fc.integer({ min: 1, max: 5 }).map(cut),
  fc.constantFrom('=', '==', '\n', '\r\n', ' ', '\t', '.', '%', 'é').map(append),
  fc.constant(append('A')),
  fc
    .tuple(position, fc.constantFrom('\n', '=', '*', '.', 'é'))
    .map(([at, what]) => insert(at, what)),
  fc.constant(toBase64Alphabet),
  fc.integer({ min: 1, max: 15 }).map(addTrailingBits),
);

/** Done to the finished text: a part no longer is what was signed. */
const mutatedText = fc.tuple(validClaims, fc.nat(2), textMutation).map(([claims, index, mutate]) =>
  forge(claims)
    .split('.')
    .map((part, at) => (at === index ? mutate(part) : part))
    .join('.'),
);

/** Done before signing: the signature holds, whatever the text has become. */
const signedOddText = fc
  .tuple(validClaims, fc.nat(1), textMutation)
  .map(([claims, index, mutate]) => {
    const [header, payload] = [USUAL_HEADER, claims].map((part) => encode(toJson(part)));
    return index === 0
      ? signParts(mutate(header as string), payload as string)
      : signParts(header as string, mutate(payload as string));
  });

const swappedParts = fc
  .tuple(validClaims, validClaims, fc.tuple(fc.nat(1), fc.nat(1), fc.nat(1)))
  .map(([one, other, choice]) => {
    const tokens = [forge(one), forge(other, USUAL_HEADER, rs256())].map((token) =>
      token.split('.'),
    );
    return choice.map((which, part) => tokens[which]?.[part]).join('.');
  });

const headerAndSigner: fc.Arbitrary<[unknown, Signer]> = fc.oneof(
  fc.constantFrom<[unknown, Signer]>(
    [{ alg: 'none' }, unsigned],
    [{ alg: 'none' }, rs256()],
    [{ alg: 'HS256' }, hs256WithPublicKey],
    [{ alg: 'RS384' }, rs384()],
    [{ alg: 'PS256' }, ps256()],
    [{ alg: 'RS256' }, ps256()],
    [{ alg: 'RS256' }, unsigned],
    [{ alg: 'RS256' }, rs256(FOREIGN_KEYS.privateKey)],
    [
      { alg: 'RS256', jwk: FOREIGN_KEYS.publicKey.export({ format: 'jwk' }) },
      rs256(FOREIGN_KEYS.privateKey),
    ],
  ),
  fc
    .constantFrom<unknown>(
      { alg: 'rs256' },
      { alg: null },
      { alg: 256 },
      { alg: ['RS256'] },
      { typ: 'JWT' },
      { alg: 'RS256' },
      { ...USUAL_HEADER, typ: 'at+jwt' },
      { ...USUAL_HEADER, typ: 7 },
      { ...USUAL_HEADER, kid: 'key-1' },
      { ...USUAL_HEADER, kid: '../../etc/passwd' },
      { ...USUAL_HEADER, jku: 'https://attacker.example.com/keys' },
      { ...USUAL_HEADER, jwk: PROJECT_KEYS.publicKey.export({ format: 'jwk' }) },
      { ...USUAL_HEADER, crit: [] },
      { ...USUAL_HEADER, crit: 'b64' },
      { ...USUAL_HEADER, crit: ['exp'], exp: NOW + 60 },
      { ...USUAL_HEADER, crit: ['b64'], b64: true },
      { ...USUAL_HEADER, crit: ['b64'], b64: false },
      { ...USUAL_HEADER, crit: ['b64'] },
      { ...USUAL_HEADER, b64: false },
      ['RS256'],
      'RS256',
      null,
    )
    .map((header): [unknown, Signer] => [header, rs256()]),
);

const unusualHeader = fc
  .tuple(validClaims, headerAndSigner)
  .map(([claims, [header, signer]]) => forge(claims, header, signer));

const unusualPayload = fc
  .tuple(validClaims, fc.nat(4))
  .map(([claims, kind]) =>
    signParts(
      encode(toJson(USUAL_HEADER)),
      [
        '',
        encode('not JSON'),
        encode(toJson([claims])),
        encode('\uFEFF' + toJson(claims)),
        encode(withoutUtf8(toJson({ ...claims, first_name: 'Zoe' }))),
      ][kind] as string,
    ),
  );

/** The text with one byte that no UTF-8 has, in the name Zoe. */
function withoutUtf8(json: string): Buffer {
  const bytes = Buffer.from(json);
  bytes[bytes.indexOf('Zoe') + 2] = 0xff;
  return bytes;
}

/** What a claim may be instead: absent in each way, empty, or of another type. */
const anything = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom<unknown>(undefined, null, '') },
  {
    weight: 3,
    arbitrary: fc.constantFrom<unknown>(
      true,
      false,
      0,
      1,
      'text',
      [],
      ['text'],
      [1],
      {},
      { text: 'text' },
      { org: null },
    ),
  },
);

const time = fc.oneof(
  fc
    .constantFrom(-86_400, -61, -60, -59, -1, -0.5, 0, 0.5, 1, 59, 60, 61, 86_400)
    .map((offset): unknown => NOW + offset),
  fc.constantFrom<unknown>(undefined, undefined, null, 0, String(NOW + 60), TOO_LARGE, TOO_SMALL),
);

const issuer = fc.oneof(
  anything,
  fc.constantFrom<unknown>(`${ISSUER}/`, ISSUER.toUpperCase(), 'https://auth.example.org', [
    ISSUER,
  ]),
);

const registeredClaims = fc
  .tuple(
    validClaims,
    fc.oneof(
      fc.record({ exp: time }),
      fc.record({ iat: time }),
      fc.record({ nbf: time }),
      fc.record({ iss: issuer }),
    ),
  )
  .map(([claims, change]) => forge({ ...claims, ...change }));

const userClaim = fc
  .tuple(
    validClaims,
    fc.constantFrom(
      'user_id',
      'email',
      'first_name',
      'last_name',
      'username',
      'properties',
      'legacy_user_id',
      'impersonator_user_id',
      'login_method',
      'login_method.login_method',
      'login_method.provider',
      'login_method.org_id',
      'org_id_to_org_member_info',
      'org_member_info',
    ),
    anything,
  )
  .map(([claims, path, value]) => {
    const [name = '', inner] = path.split('.');
    return forge({
      ...claims,
      [name]: inner ? { ...(claims[name] as JsonObject | null), [inner]: value } : value,
    });
  });

const withoutOrgs = fc
  .tuple(validClaims, fc.constantFrom(null, undefined), fc.constantFrom(null, undefined, {}))
  .map(([claims, active, all]) =>
    forge({ ...claims, org_member_info: active, org_id_to_org_member_info: all }),
  );

const userClaims = fc.oneof(
  { weight: 9, arbitrary: userClaim },
  { weight: 1, arbitrary: withoutOrgs },
  {
    weight: 1,
    arbitrary: validClaims.map((claims) => forge({ ...claims, impersonator_user_id: '' })),
  },
);

/** A change to one membership: to a claim of it, to its id alone, or to all of it. */
const membershipChange = fc.oneof(
  {
    weight: 10,
    arbitrary: fc
      .tuple(
        fc.constantFrom(
          'org_id',
          'org_name',
          'url_safe_org_name',
          'org_metadata',
          'legacy_org_id',
          'org_role_structure',
          'user_role',
          'inherited_user_roles_plus_current_role',
          'additional_roles',
          'user_permissions',
        ),
        anything,
      )
      .map(([name, value]) => (entry: JsonObject): unknown => ({ ...entry, [name]: value })),
  },
  {
    weight: 1,
    arbitrary: fc.constant((entry: JsonObject): unknown => ({ ...entry, org_id: 'another-org' })),
  },
  { weight: 2, arbitrary: anything.map((value) => () => value) },
);

/** Names that every object has, as ids of organizations. */
const hostileId = fc.constantFrom('__proto__', 'constructor', 'hasOwnProperty', 'toString');

const orgClaims = fc
  .tuple(
    validClaims,
    membershipChange,
    fc.oneof({ weight: 8, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: hostileId }),
  )
  .map(([claims, change, renamed]) => {
    if (claims['org_member_info']) {
      return forge({ ...claims, org_member_info: change(claims['org_member_info'] as JsonObject) });
    }
    const [first, ...others] = Object.entries(claims['org_id_to_org_member_info'] ?? {});
    const [id, entry] = first ?? ['org', { org_id: 'org', user_role: 'Admin' }];
    const changed: [string, unknown] =
      renamed === undefined ? [id, change(entry)] : [renamed, { ...entry, org_id: renamed }];
    return forge({
      ...claims,
      org_id_to_org_member_info: Object.fromEntries([changed, ...others]),
    });
  });

/** A token around the greatest length, and one far beyond it. */
const longToken = fc
  .tuple(validClaims, fc.constantFrom(9_000, 11_000, 11_600, 11_800, 12_300, 30_000))
  .map(([claims, length]) => forge({ ...claims, properties: { long: 'x'.repeat(length) } }));

const authorizationHeader = fc
  .tuple(
    validClaims,
    fc.constantFrom<(token: string) => string | undefined>(
      () => undefined,
      () => '',
      () => 'Bearer',
      () => 'Bearer ',
      (token) => token,
      (token) => ` ${token}`,
      (token) => `bearer ${token}`,
      (token) => `BEARER ${token}`,
      (token) => `bEaReR ${token}`,
      (token) => `Bearer  ${token}`,
      (token) => ` Bearer ${token}`,
      (token) => `Bearer ${token} `,
      (token) => `Bearer ${token}\n`,
      (token) => `Bearer\t${token}`,
      (token) => `Bearer\u00a0${token}`,
      (token) => `Bearer: ${token}`,
      (token) => `Bearer${token}`,
      (token) => `Bearerx ${token}`,
      (token) => `Token ${token}`,
      (token) => `Basic ${Buffer.from(`user:${token}`).toString('base64')}`,
      (token) => `Bearer ${token}, Bearer ${token}`,
      (token) => `Bearer token="${token}"`,
    ),
  )
  .map(([claims, write]) => write(forge(claims)));

function bearing(token: fc.Arbitrary<string>): fc.Arbitrary<string | undefined> {
  return token.map((text) => `Bearer ${text}`);
}

const cases = {
  valid: { weight: 4, authorization: bearing(validClaims.map((claims) => forge(claims))) },
  'text changed after signing': { weight: 4, authorization: bearing(mutatedText) },
  'text changed before signing': { weight: 4, authorization: bearing(signedOddText) },
  'parts of two tokens': { weight: 1, authorization: bearing(swappedParts) },
  'token header': { weight: 3, authorization: bearing(unusualHeader) },
  'payload is no claims set': { weight: 1, authorization: bearing(unusualPayload) },
  'registered claims': { weight: 5, authorization: bearing(registeredClaims) },
  'user claims': { weight: 4, authorization: bearing(userClaims) },
  'org claims': { weight: 5, authorization: bearing(orgClaims) },
  'long token': { weight: 1, authorization: bearing(longToken) },
  'authorization header': { weight: 3, authorization: authorizationHeader },
};

export type Category = keyof typeof cases;
export const CATEGORIES = Object.keys(cases) as Category[];

export const tokenCase: fc.Arbitrary<TokenCase> = fc.oneof(
  ...CATEGORIES.map((category) => ({
    weight: cases[category].weight,
    arbitrary: cases[category].authorization.map((authorization) => ({
      category,
      authorization,
      // What a failure prints: nobody reads base64url.
      [fc.toStringMethod]: () => JSON.stringify({ category, ...inspect(authorization) }, null, 2),
    })),
  })),
);
