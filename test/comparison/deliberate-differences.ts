import {
  encode,
  forge,
  ISSUER,
  NOW,
  signParts,
  toJson,
  TOO_LARGE,
  TOO_SMALL,
  USUAL_HEADER,
  type JsonObject,
} from '../support/forge.js';
import { inspect, isAbsent, isObject, type Inspection } from './inspection.js';
import { addTrailingBits } from '../support/text-mutations.js';

/** Something that one side accepts and the other refuses, and that is meant so. */
export interface DeliberateDifference {
  readonly name: string;
  /** The rule that is followed here. */
  readonly reason: string;
  /** Whether an Authorization header is of this kind. Every one that is must be refused. */
  readonly applies: (request: Inspection) => boolean;
  /** Authorization headers of this kind, and of no other. */
  readonly examples: Record<string, string>;
}

const LONGEST_TOKEN = 16_384;

const claims = {
  iss: ISSUER,
  iat: NOW - 60,
  exp: NOW + 1740,
  user_id: 'user-alice',
};

const membership = {
  org_id: 'acme',
  org_name: 'Acme Inc',
  url_safe_org_name: 'acme-inc',
  org_metadata: {},
  user_role: 'Admin',
  inherited_user_roles_plus_current_role: ['Admin', 'Member'],
  user_permissions: ['can_view_billing'],
};

const usualHeader = encode(toJson(USUAL_HEADER));
const usualToken = forge(claims);

function bearing(overrides: JsonObject): string {
  return `Bearer ${forge({ ...claims, ...overrides })}`;
}

/** A token of a user with that membership, in the map or as the active organization. */
function inOrg(overrides: JsonObject): Record<string, string> {
  const entry = { ...membership, ...overrides };
  return {
    'in the map': bearing({ org_id_to_org_member_info: { [entry.org_id]: entry } }),
    'as the active organization': bearing({ org_member_info: entry }),
  };
}

/** The signature is that of a text which every lenient decoder reads as the usual claims. */
function signedOver(payload: string): string {
  return `Bearer ${signParts(usualHeader, payload)}`;
}

const usualPayload = encode(toJson(claims));

/** The text of claims which base64 writes with `+` and `/`. */
const payloadOfPlainBase64 = Buffer.from(toJson({ ...claims, first_name: '~~~???ÿÿÿ' })).toString(
  'base64',
);

/** The usual payload, made so long by white space at its end that its text has this remainder by 4. */
function payloadOfRemainder(remainder: 0 | 2 | 3): string {
  return ['', ' ', '  ']
    .map((space) => encode(toJson(claims) + space))
    .find((payload) => payload.length % 4 === remainder) as string;
}

function isText(value: unknown): boolean {
  return isAbsent(value) || typeof value === 'string';
}

function isListOfText(value: unknown): boolean {
  return (
    isAbsent(value) || (Array.isArray(value) && value.every((entry) => typeof entry === 'string'))
  );
}

function isObjectOrAbsent(value: unknown): boolean {
  return isAbsent(value) || isObject(value);
}

/** Whether a membership that is an object has something about it. */
function someMembership(
  { memberships }: Inspection,
  has: (membership: JsonObject, key: unknown) => boolean,
): boolean {
  return memberships.some(([key, entry]) => isObject(entry) && has(entry, key));
}

/** RFC 7515, section 2: base64url without padding, and nothing else. Lenient decoders give one token many texts. */
const ONE_TEXT = 'Tokens: strict base64url, so that one token has one text';

/** What they accept and we refuse. */
export const STRICTER_HERE: readonly DeliberateDifference[] = [
  {
    name: 'a token without the scheme Bearer',
    reason: 'Tokens: exactly "Bearer <token>" (RFC 6750, section 2.1)',
    applies: ({ header }) => !/^bearer /i.test(header),
    examples: { 'the token alone': usualToken },
  },
  {
    name: 'a token of more than 16 KB',
    reason: 'Tokens: at most 16 KB, looked at before anything else',
    applies: ({ token }) => token.length > LONGEST_TOKEN,
    examples: { 'a large property': bearing({ properties: { large: 'x'.repeat(12_000) } }) },
  },
  {
    name: 'white space in a token',
    reason: ONE_TEXT,
    applies: ({ token }) => /\s/.test(token),
    examples: {
      'a line break at the end': `Bearer ${usualToken}\n`,
      'a tab in the signature': `Bearer ${usualToken.slice(0, -9)}\t${usualToken.slice(-9)}`,
      'a signed line break in the payload': signedOver(`${usualPayload}\r\n`),
    },
  },
  {
    name: 'padding in a token',
    reason: ONE_TEXT,
    applies: ({ token }) => token.includes('='),
    examples: {
      'after the signature': `Bearer ${usualToken}==`,
      'signed, after the header': `Bearer ${signParts(`${usualHeader}=`, usualPayload)}`,
    },
  },
  {
    name: 'the characters + and / in a token',
    reason: ONE_TEXT,
    applies: ({ token }) => /[+/]/.test(token),
    examples: { 'a payload in plain base64': signedOver(payloadOfPlainBase64.replaceAll('=', '')) },
  },
  {
    name: 'other characters outside the alphabet in a token',
    reason: ONE_TEXT,
    applies: ({ token }) => /[^\s=+/.\w-]/.test(token),
    examples: {
      'an asterisk in the signature': `Bearer ${usualToken.slice(0, -9)}*${usualToken.slice(-9)}`,
      'a letter outside ASCII after it': `Bearer ${usualToken}é`,
    },
  },
  {
    name: 'unused trailing bits that are set',
    reason: ONE_TEXT,
    applies: ({ parts }) =>
      parts.some(
        (part) => part.length % 4 !== 1 && /^[\w-]+$/.test(part) && reencode(part) !== part,
      ),
    examples: {
      'in the signature': `Bearer ${addTrailingBits(5)(usualToken)}`,
      'signed, in the payload': signedOver(addTrailingBits(1)(payloadOfRemainder(2))),
    },
  },
  {
    name: 'a lone last character, which is less than a byte',
    reason: ONE_TEXT,
    applies: ({ parts }) => parts.some((part) => part.length % 4 === 1 && /^[\w-]+$/.test(part)),
    examples: {
      'signed, in the payload': signedOver(`${payloadOfRemainder(0)}A`),
    },
  },
  {
    name: 'JSON that is not UTF-8',
    reason: 'jose decodes strictly (RFC 7519, section 3); elsewhere other bytes become U+FFFD',
    applies: (request) => !request.isUtf8,
    examples: {
      'a name in Latin-1': signedOver(
        encode(Buffer.from(toJson({ ...claims, first_name: 'Zoë' }), 'latin1')),
      ),
    },
  },
  {
    name: 'no exp',
    reason: 'Tokens: exp, iat and iss required',
    applies: (request) => !('exp' in request.claims),
    examples: { 'exp left out': bearing({ exp: undefined }) },
  },
  {
    name: 'no iat',
    reason: 'Tokens: exp, iat and iss required',
    applies: (request) => !('iat' in request.claims),
    examples: { 'iat left out': bearing({ iat: undefined }) },
  },
  {
    name: 'a token from the future',
    reason: 'Tokens: iat beyond the leeway ahead is refused',
    applies: (request) => Number(request.claims['iat']) > NOW,
    examples: { 'issued in a second': bearing({ iat: NOW + 1 }) },
  },
  {
    name: 'a time that is no number any more',
    reason:
      'Tokens: registered claims are NumericDate values (RFC 7519, section 2), and infinity is none, nor what no Date can hold',
    applies: (request) =>
      ['exp', 'iat', 'nbf'].some((name) => Math.abs(Number(request.claims[name])) > 8.6e12),
    examples: {
      'exp of 2 ** 53 - 1': bearing({ exp: Number.MAX_SAFE_INTEGER }),
      'exp of 1e999': bearing({ exp: TOO_LARGE }),
      'iat of -1e999': bearing({ iat: TOO_SMALL }),
      'nbf of -1e999': bearing({ nbf: TOO_SMALL }),
    },
  },
  {
    name: 'no user id',
    reason: 'Tokens: user_id a non-empty string',
    applies: (request) =>
      typeof request.claims['user_id'] !== 'string' || request.claims['user_id'] === '',
    examples: {
      missing: bearing({ user_id: undefined }),
      null: bearing({ user_id: null }),
      empty: bearing({ user_id: '' }),
      'a number': bearing({ user_id: 7 }),
      'a list': bearing({ user_id: ['user-alice'] }),
    },
  },
  {
    name: 'a claim about the user that is not text',
    reason: 'Tokens: any other wrong type makes the token 401',
    applies: (request) =>
      [
        'email',
        'first_name',
        'last_name',
        'username',
        'legacy_user_id',
        'impersonator_user_id',
      ].some((name) => !isText(request.claims[name])),
    examples: {
      'an email that is an object': bearing({ email: { text: 'alice@example.com' } }),
      'an impersonator that is false': bearing({ impersonator_user_id: false }),
    },
  },
  {
    name: 'an impersonator without an id',
    reason: 'Tokens: not absent, and no id; to others the same session is nobody’s impersonation',
    applies: (request) => request.claims['impersonator_user_id'] === '',
    examples: { empty: bearing({ impersonator_user_id: '' }) },
  },
  {
    name: 'properties that are not an object',
    reason: 'Tokens: any other wrong type makes the token 401',
    applies: (request) => !isObjectOrAbsent(request.claims['properties']),
    examples: { text: bearing({ properties: 'text' }), 'a list': bearing({ properties: [] }) },
  },
  {
    name: 'a login method of another type',
    reason: 'Tokens: any other wrong type makes the token 401',
    applies: (request) => {
      const method = request.claims['login_method'];
      if (!isObject(method)) return !isAbsent(method);
      return ![method['login_method'], method['provider'], method['org_id']].every(isText);
    },
    examples: {
      text: bearing({ login_method: 'password' }),
      'a provider that is a list': bearing({
        login_method: { login_method: 'social_sso', provider: ['Google'] },
      }),
    },
  },
  {
    name: 'organizations that are not a map',
    reason: 'Tokens: any other wrong type makes the token 401',
    applies: (request) =>
      isAbsent(request.claims['org_member_info']) &&
      !isObjectOrAbsent(request.claims['org_id_to_org_member_info']),
    examples: {
      'a list': bearing({ org_id_to_org_member_info: [membership] }),
      text: bearing({ org_id_to_org_member_info: 'acme' }),
    },
  },
  {
    name: 'a membership that is not an object',
    reason: 'Tokens: null is no membership; any other wrong type makes the token 401',
    applies: ({ memberships }) => memberships.some(([, entry]) => !isObjectOrAbsent(entry)),
    examples: {
      'in the map': bearing({ org_id_to_org_member_info: { acme: 'Admin' } }),
      'as the active organization': bearing({ org_member_info: false }),
    },
  },
  {
    name: 'a membership without the id of its organization',
    reason: 'Tokens: any other wrong type makes the token 401',
    applies: (request) =>
      someMembership(request, ({ org_id: id }) => typeof id !== 'string' || id === ''),
    examples: {
      missing: bearing({ org_member_info: { ...membership, org_id: undefined } }),
      'a number': bearing({ org_member_info: { ...membership, org_id: 7 } }),
      empty: bearing({ org_member_info: { ...membership, org_id: '' } }),
    },
  },
  {
    name: 'a membership under an id that every object has',
    reason: 'Rules of access: __proto__, constructor and the like are no organizations',
    applies: (request) =>
      someMembership(request, ({ org_id: id }) => typeof id === 'string' && id in {}),
    examples: {
      ...inOrg({ org_id: 'constructor' }),
      'of __proto__': bearing({ org_member_info: { ...membership, org_id: '__proto__' } }),
    },
  },
  {
    name: 'a membership under another id than its own',
    reason: 'Tokens: a map key that is not its entry’s org_id makes the token 401',
    applies: ({ memberships }) =>
      memberships.some(
        ([key, entry]) =>
          isObject(entry) &&
          typeof entry['org_id'] === 'string' &&
          entry['org_id'] !== key &&
          !isAbsent(entry['user_role']),
      ),
    examples: { 'in the map': bearing({ org_id_to_org_member_info: { globex: membership } }) },
  },
  {
    name: 'an unknown structure of roles',
    reason: 'Tokens: what "at least" means depends on it, so it is not guessed',
    applies: (request) =>
      someMembership(
        request,
        ({ org_role_structure: structure }) =>
          !isAbsent(structure) &&
          structure !== 'single_role_in_hierarchy' &&
          structure !== 'multi_role',
      ),
    examples: inOrg({ org_role_structure: 'matrix' }),
  },
  {
    name: 'a name, legacy id or role in a membership that is not text',
    reason: 'Tokens: any other wrong type makes the token 401',
    applies: (request) =>
      someMembership(
        request,
        (entry) =>
          !['org_name', 'url_safe_org_name', 'legacy_org_id', 'user_role'].every((name) =>
            isText(entry[name]),
          ),
      ),
    examples: inOrg({ user_role: ['Admin'] }),
  },
  {
    name: 'organization metadata that is not an object',
    reason: 'Tokens: any other wrong type makes the token 401',
    applies: (request) =>
      someMembership(request, (entry) => !isObjectOrAbsent(entry['org_metadata'])),
    examples: inOrg({ org_metadata: 'text' }),
  },
  {
    name: 'roles or permissions that are not a list of text',
    reason: 'Tokens: a permissions list that is text would grant every part of that text',
    applies: (request) =>
      someMembership(
        request,
        (entry) =>
          !['inherited_user_roles_plus_current_role', 'additional_roles', 'user_permissions'].every(
            (name) => isListOfText(entry[name]),
          ),
      ),
    examples: {
      ...inOrg({ user_permissions: 'can_view_billing' }),
      'a list of numbers': bearing({ org_member_info: { ...membership, additional_roles: [1] } }),
    },
  },
];

/** What we accept and they refuse. */
export const MORE_LENIENT_HERE: readonly DeliberateDifference[] = [
  {
    name: 'no organizations, said with null',
    reason:
      'Tokens: null optional claims are absent; the other side fails over it with a TypeError',
    applies: (request) =>
      isAbsent(request.claims['org_member_info']) &&
      request.claims['org_id_to_org_member_info'] === null,
    examples: { null: bearing({ org_id_to_org_member_info: null }) },
  },
];

/** The names of the differences that apply to an Authorization header. */
export function namesOf(
  differences: readonly DeliberateDifference[],
  authorization: string | undefined,
): string[] {
  const request = inspect(authorization);
  return differences.filter(({ applies }) => applies(request)).map(({ name }) => name);
}

function reencode(part: string): string {
  return Buffer.from(part, 'base64url').toString('base64url');
}
