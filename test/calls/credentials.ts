import type { TestEmulator, TestIssuer, TestUser } from 'nestjs-propelauth/testing';
import { ACME_ID, GLOBEX_ID, type KnownUser } from '../support/project.js';
import { alice, carol, dave, forger, impersonated, issuer } from './people.js';
import { ACTION, type Part, type Rule } from './rules.js';
import { REGION, SCOPE, SERVICES } from './services.js';

/** What a caller sends, wherever its transport has a place for it. */
export interface Sent {
  /** What follows `Bearer`: one in the first place of the transport, two in its two places. */
  readonly tokens?: readonly string[];
  /** Whether the word `Bearer` is missing. */
  readonly isWithoutScheme?: boolean;
  readonly apiKey?: string;
  readonly grant?: string;
  /** The token of a service of the application. */
  readonly service?: string;
}

/** How PropelAuth is while a credential is tried. */
export type Condition = 'well' | 'unreachable' | 'limiting';

/** A credential, or several, of one caller. */
export interface Credential {
  readonly name: string;
  /** The user whose credential it is. Default: the owner. */
  readonly of?: KnownUser;
  /** What it is a variant of: it makes a difference only where that kind of credential is accepted. */
  readonly variantOf?: Part;
  send(propelAuth: TestEmulator): Promise<Sent> | Sent;
  /** The organization that the call names. Default: Acme. */
  readonly orgId?: string | null;
  readonly during?: Condition;
  /** The rules that it makes a difference for. Default: all. */
  readonly isFor?: (rule: Rule) => boolean;
}

const namesOrg = ({ org }: Rule) => org !== undefined;
const takesGrant = ({ takes }: Rule) => takes === 'grant';
const takesService = ({ takes }: Rule) => takes === 'service';

const ACME = 'Acme Inc';

/** A forged token that is older than the verification key is rejected for good. */
const BEFORE_THE_KEY = new Date(Date.now() - 20 * 60 * 1000);

/** The grant that was made last, for the caller who sends it again. */
let lastGrant: string;

function makeGrant(propelAuth: TestEmulator, { userId } = alice): string {
  return (lastGrant = propelAuth.grantStepUp({ userId, actionType: ACTION }));
}

const signed = new Map<string, Promise<string>>();

/** Signs one token for all calls of a credential. */
function tokenOf(
  user: TestUser,
  options?: Parameters<TestIssuer['accessToken']>[1],
  by = issuer,
): Promise<string> {
  const key = JSON.stringify([user, options, by === issuer]);
  const token = signed.get(key) ?? by.accessToken(user, options);
  signed.set(key, token);
  return token;
}

const tokenOfAlice = () => tokenOf(alice);
const withToken = (...args: Parameters<typeof tokenOf>) =>
  tokenOf(...args).then((text): Sent => ({ tokens: [text] }));
const mcpToken = (options: Parameters<typeof issuer.mcpToken>[1] = {}): Sent => ({
  tokens: [issuer.mcpToken(alice, { scopes: [SCOPE], org: ACME, ...options })],
});

/** In this order they are tried: a used grant after the call that used it, and failures of PropelAuth last. */
export const CREDENTIALS: readonly Credential[] = [
  { name: 'none', send: () => ({}) },
  { name: 'owner', send: () => withToken(alice) },
  { name: 'member', of: carol, send: () => withToken(carol) },
  { name: 'outsider', of: dave, send: () => withToken(dave) },
  { name: 'impersonated', send: () => withToken(impersonated) },
  {
    name: 'owner+other-org',
    send: () => withToken(alice),
    orgId: GLOBEX_ID,
    isFor: namesOrg,
  },
  {
    name: 'owner-in-active-org',
    send: () => withToken({ ...alice, activeOrgId: ACME_ID }),
    isFor: ({ readsActiveOrg }) => readsActiveOrg === true,
  },
  { name: 'owner+no-org', send: () => withToken(alice), orgId: null, isFor: namesOrg },
  {
    name: 'expired',
    send: () => withToken(alice, { expiresInSeconds: -1 }),
  },
  { name: 'forged', send: () => withToken(alice, { issuedAt: BEFORE_THE_KEY }, forger) },
  {
    name: 'other-issuer',
    send: () => withToken(alice, { claims: { iss: 'https://auth.other.example' } }),
  },
  { name: 'garbage', send: () => ({ tokens: ['not.a.token'] }) },
  {
    name: 'no-scheme',
    send: async () => ({ tokens: [await tokenOfAlice()], isWithoutScheme: true }),
  },
  {
    name: 'two-tokens',
    send: async () => ({ tokens: [await tokenOfAlice(), await tokenOf(carol)] }),
  },
  {
    name: 'token-twice',
    send: async () => {
      const token = await tokenOfAlice();
      return { tokens: [token, token] };
    },
  },
  {
    name: 'personal-key',
    send: (propelAuth) => ({ apiKey: propelAuth.createApiKey({ userId: alice.userId }) }),
  },
  {
    name: 'org-key',
    variantOf: 'apiKey',
    send: (propelAuth) => ({ apiKey: propelAuth.createApiKey({ orgId: ACME_ID }) }),
  },
  {
    name: 'member-key',
    of: carol,
    variantOf: 'apiKey',
    send: (propelAuth) => ({
      apiKey: propelAuth.createApiKey({ orgId: ACME_ID, userId: carol.userId }),
    }),
  },
  {
    name: 'ownerless-key',
    variantOf: 'apiKey',
    send: (propelAuth) => ({ apiKey: propelAuth.createApiKey({}) }),
  },
  { name: 'unknown-key', variantOf: 'apiKey', send: () => ({ apiKey: 'f'.repeat(64) }) },
  {
    name: 'key-as-bearer',
    send: (propelAuth) => ({ tokens: [propelAuth.createApiKey({ userId: alice.userId })] }),
  },
  {
    name: 'key+token',
    send: async (propelAuth) => ({
      tokens: [await tokenOfAlice()],
      apiKey: propelAuth.createApiKey({ userId: alice.userId }),
    }),
  },
  { name: 'mcp', send: () => mcpToken() },
  { name: 'mcp-no-scope', variantOf: 'mcpToken', send: () => mcpToken({ scopes: [] }) },
  { name: 'mcp-no-org', variantOf: 'mcpToken', send: () => mcpToken({ org: undefined }) },
  { name: 'mcp-inactive', variantOf: 'mcpToken', send: () => mcpToken({ active: false }) },
  { name: 'mcp-expired', variantOf: 'mcpToken', send: () => mcpToken({ expiresInSeconds: -1 }) },
  {
    name: 'mcp-other-resource',
    variantOf: 'mcpToken',
    send: () => mcpToken({ resource: 'https://api.other.example/mcp' }),
  },
  {
    name: 'owner+grant',
    send: async (propelAuth) => ({ tokens: [await tokenOfAlice()], grant: makeGrant(propelAuth) }),
    isFor: takesGrant,
  },
  {
    name: 'owner+used-grant',
    send: async () => ({ tokens: [await tokenOfAlice()], grant: lastGrant }),
    isFor: takesGrant,
  },
  {
    name: 'member+foreign-grant',
    of: carol,
    send: async (propelAuth) => ({
      tokens: [await tokenOf(carol)],
      grant: makeGrant(propelAuth),
    }),
    isFor: takesGrant,
  },
  {
    name: 'owner, PropelAuth down',
    send: () => withToken(alice),
    during: 'unreachable',
  },
  {
    name: 'personal-key, PropelAuth down',
    send: (propelAuth) => ({ apiKey: propelAuth.createApiKey({ userId: alice.userId }) }),
    during: 'unreachable',
  },
  { name: 'mcp, PropelAuth down', send: () => mcpToken(), during: 'unreachable' },
  {
    name: 'owner+grant, PropelAuth down',
    send: async (propelAuth) => ({ tokens: [await tokenOfAlice()], grant: makeGrant(propelAuth) }),
    during: 'unreachable',
    isFor: takesGrant,
  },
  {
    name: 'personal-key, PropelAuth limits',
    variantOf: 'apiKey',
    send: (propelAuth) => ({ apiKey: propelAuth.createApiKey({ userId: alice.userId }) }),
    during: 'limiting',
  },
  {
    name: 'mcp, PropelAuth limits',
    variantOf: 'mcpToken',
    send: () => mcpToken(),
    during: 'limiting',
  },
];

const some = (...names: string[]) => CREDENTIALS.filter(({ name }) => names.includes(name));

/** One of each kind, and the users who differ in what rules ask. */
export const FEW_CREDENTIALS = some('none', 'owner', 'member', 'outsider', 'personal-key');

/** The same, where no rule tells an Owner from a Member. */
export const FEWER_CREDENTIALS = some('none', 'owner', 'outsider', 'personal-key');

const withGrant = (user: KnownUser) => async (propelAuth: TestEmulator) => ({
  tokens: [await tokenOf(user)],
  grant: makeGrant(propelAuth, user),
});

/** Those of the application's own kind, and others for rules that it is accepted beside. */
const OWN_CREDENTIALS: readonly Credential[] = [
  {
    name: 'key-with-metadata',
    variantOf: 'apiKey',
    send: (propelAuth) => ({
      apiKey: propelAuth.createApiKey({ userId: alice.userId, metadata: REGION }),
    }),
  },
  ...[...SERVICES.map(({ id }) => id), 'unknown-service'].map((service) => ({
    name: service,
    send: () => ({ service }),
    isFor: takesService,
  })),
  {
    name: 'service+token',
    send: async () => ({ service: 'service', tokens: [await tokenOfAlice()] }),
    isFor: takesService,
  },
  { name: 'member+grant', of: carol, send: withGrant(carol), isFor: takesGrant },
  { name: 'impersonated+grant', send: withGrant(impersonated), isFor: takesGrant },
];

/** For handlers that accept several kinds of callers. */
export const CREDENTIALS_OF_KINDS = [
  ...FEW_CREDENTIALS,
  ...some('impersonated', 'org-key', 'owner+grant', 'personal-key, PropelAuth down'),
  ...OWN_CREDENTIALS,
];

/** The same where only the transport differs. */
export const CREDENTIALS_IN_GRAPHQL = [
  ...FEW_CREDENTIALS,
  ...OWN_CREDENTIALS.filter(({ name }) => name.includes('service')),
];

/** For accounts and step-up grants. */
export const CREDENTIALS_OF_ACCOUNTS = [
  ...FEW_CREDENTIALS,
  ...some('owner+grant'),
  ...OWN_CREDENTIALS.filter(({ name }) => /^service$|grant/.test(name)),
];

/** In the order in which they are written. */
export const ALL_CREDENTIALS = [...CREDENTIALS, ...OWN_CREDENTIALS];

/** Those whose outcomes could differ between HTTP adapters: PropelAuth tells variants of a credential apart. */
export const CREDENTIALS_IN_REQUESTS = CREDENTIALS.filter(
  ({ variantOf }) => variantOf === undefined,
);

/** Whether a credential makes a difference for a rule. */
export function isTried(
  { variantOf, isFor }: Credential,
  rule: Rule,
  /** What all calls of the transport need, whatever the rule is. */
  needed?: Part,
): boolean {
  if (isFor !== undefined && !isFor(rule)) return false;
  if (variantOf === undefined || rule.sees.length === 0) return true;
  return rule.sees.includes(variantOf) || variantOf === needed;
}

/** What the guard asks PropelAuth about during a call. */
const QUESTIONS = [
  'validateApiKey',
  'introspect',
  'verifyStepUpGrant',
  'fetchUserMetadataByUserId',
  'fetchBatchUserMetadataByUserIds',
];

const FAILURES = {
  well: { times: 0 },
  unreachable: { status: 503 },
  // As PropelAuth says it of an API key.
  limiting: { status: 429, body: { error_code: 'api_key_rate_limited', wait_seconds: 7 } },
};

export function setCondition(propelAuth: TestEmulator, condition: Condition): void {
  for (const question of QUESTIONS) propelAuth.fail(question, FAILURES[condition]);
}
