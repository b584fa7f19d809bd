import { createClient } from '@propelauth/javascript';
import { initBaseAuth } from '@propelauth/node';
import { getApis } from '@propelauth/node-apis';
import { createEmulator, type Emulator } from 'propelauth-emulator';
import { ACME, ALICE, AUTHORIZATION, Browser, ORIGIN, SECRETS } from '../browser.js';
import type { Client, DeclaredFunction, Extent } from './declared-functions.js';

const BOB = 'b0b00000-0000-4000-8000-000000000002';
const EMPLOYEE = 'e0000000-0000-4000-8000-000000000003';
const GROUP = '94000000-0000-4000-8000-000000000004';
const INVITEE = 'invitee@example.com';

const KEYS = {
  imported: 'a key from elsewhere',
  personal: 'a key of alice',
  org: 'a key of Acme',
};

/** What functions are called with, by the name of a parameter or field: of all functions, or of one. */
const VALUES: Readonly<Record<string, unknown>> = {
  userId: ALICE,
  userIds: [ALICE, BOB],
  email: 'alice@example.com',
  emails: ['alice@example.com', 'bob@example.com'],
  username: 'alice',
  usernames: ['alice', 'bob'],
  emailOrUsername: 'ali',
  userEmail: 'alice@example.com',
  newEmail: 'new@example.com',
  inviteeEmail: INVITEE,
  orgId: ACME,
  orgName: 'Acme Inc',
  role: 'Member',
  minimumRole: 'Admin',
  exactRole: 'Owner',
  permission: 'can_view',
  permissions: ['can_view'],
  additionalRoles: [],
  customRoleMappingName: 'Paid',
  actionType: 'DELETE_ORG',
  code: '123456',
  pageNumber: 0,
  expiresAtSeconds: 4_000_000_000,
  employeeId: EMPLOYEE,
  groupId: GROUP,
  activeOrgId: ACME,
  'fetchOrgByQuery.name': 'acme',
  redirectBackToUrl: 'http://localhost:3000/',
  postLoginRedirectUrl: 'http://localhost:3000/',
  postSignupRedirectUrl: 'http://localhost:3000/',
  'addUserToOrg.userId': BOB,
  'inviteUserToOrgByUserId.userId': BOB,
  'inviteUserToOrg.email': 'new@example.com',
  'createUser.email': 'new@example.com',
  'createUser.username': 'new',
  'migrateUserFromExternalSource.email': 'new@example.com',
  'migrateUserFromExternalSource.username': 'new',
  'validatePersonalApiKey.apiKeyToken': KEYS.personal,
  'validateOrgApiKey.apiKeyToken': KEYS.org,
  'validateImportedApiKey.apiKeyToken': KEYS.imported,
};

/** A request that a function has sent, and its response. */
export interface SentRequest {
  readonly method: string;
  readonly url: string;
  /** Without the query. Ids are replaced by their names. */
  readonly path: string;
  readonly body: string;
  readonly status: number;
  readonly response: string;
}

/** What has come of a call. */
export interface Tried {
  readonly requests: readonly SentRequest[];
  readonly result: unknown;
  readonly error: unknown;
  /** The types of the webhooks that it has caused. */
  readonly events: readonly string[];
  /** Everything in the project afterwards. */
  readonly state: unknown;
}

/** A project with something for each function. */
async function startProject() {
  const emulator = await createEmulator({
    seed: {
      roles: [{ name: 'Owner', permissions: ['can_view'] }, 'Admin', 'Member'],
      roleMappings: [{ name: 'Paid' }],
      orgs: [{ name: 'Acme Inc', orgId: ACME }],
      users: [
        {
          name: 'alice',
          userId: ALICE,
          mfaEnabled: true,
          orgs: [{ org: 'Acme Inc', role: 'Owner' }],
        },
        { name: 'bob', userId: BOB },
      ],
      apiKeys: [
        { key: KEYS.imported, user: 'bob', imported: true },
        { key: KEYS.personal, user: 'alice' },
        { key: KEYS.org, org: 'Acme Inc' },
      ],
    },
    authUrl: ORIGIN,
    secrets: SECRETS,
  });
  // Queries find what has the texts that no other value is known for.
  const changes: [method: string, path: string, body: object][] = [
    ['POST', '/invite_user', { email: INVITEE, org_id: ACME, role: 'Member' }],
    ['PUT', `/user/${ALICE}`, { legacy_user_id: 'text' }],
    ['PUT', `/org/${ACME}`, { legacy_org_id: 'text', domain: 'text' }],
  ];
  for (const [method, path, body] of changes) {
    await send(emulator, { method, url: `${ORIGIN}/api/backend/v1${path}` }, body);
  }
  const apiKeyToken = emulator.createApiKey({
    userId: ALICE,
    orgId: ACME,
    displayName: 'laptop',
    expiresInSeconds: 3_600,
  });
  const values: Record<string, unknown> = {
    ...VALUES,
    apiKeyToken,
    apiKeyId: apiKeyToken.slice(0, 32),
    authorizationHeader: await authorizationOf(emulator),
    grant: emulator.grantStepUp({ userId: ALICE, actionType: 'DELETE_ORG' }),
  };
  return { emulator, values };
}

/** Calls a function of a client in a project of its own. */
export async function tryCall(
  client: Client,
  declared: DeclaredFunction,
  extent: Extent,
): Promise<Tried> {
  const { emulator, values } = await startProject();
  const parameters = declared.argumentsFor(
    extent,
    (name) => values[`${declared.name}.${name}`] ?? values[name],
  );
  const network = new Network(emulator, values['apiKeyId'] as string);
  const outcome = { result: undefined as unknown, error: undefined as unknown };
  try {
    const functions = await START[client](network, emulator);
    const before = (await read(emulator, 'events')).events.length;
    network.requests.length = 0;
    try {
      outcome.result = await functions[declared.name]?.(...parameters);
      if (typeof outcome.result === 'string') await network.visit(outcome.result);
    } catch (error) {
      outcome.error = error;
    }
    await network.visited;
    const { events } = await read(emulator, 'events');
    const types = events.slice(before).map(({ event }) => event.event_type);
    const state = await read(emulator, 'state');
    return { ...outcome, requests: network.requests, events: types, state };
  } finally {
    network.close();
    await emulator.close();
  }
}

/** Sends what a call has sent to a project of its own, with another body. */
export async function sendAgain(
  request: SentRequest,
  body: object,
): Promise<Pick<Tried, 'state'> & { readonly status: number }> {
  const { emulator } = await startProject();
  const { status } = await send(emulator, request, body);
  const state = await read(emulator, 'state');
  await emulator.close();
  return { status, state };
}

/** Whether there is an endpoint for a request, whatever it says of one without parameters. */
export async function isAnswered(request: string): Promise<boolean> {
  const { emulator } = await startProject();
  const [method = '', path = ''] = request.split(' ');
  const { status } = await emulator.fetch(ORIGIN + path, { method, headers: AUTHORIZATION });
  await emulator.close();
  return ![404, 405, 501].includes(status);
}

function send(
  { fetch }: Emulator,
  { method, url }: Pick<SentRequest, 'method' | 'url'>,
  body: object,
): Promise<Response> {
  return fetch(url, { method, headers: AUTHORIZATION, body: JSON.stringify(body) });
}

type Functions = Record<string, (...parameters: unknown[]) => unknown>;

const START: Record<Client, (network: Network, emulator: Emulator) => Promise<Functions>> = {
  '@propelauth/node-apis': async (network) => {
    network.useFor({ headers: {} });
    return getApis(new URL(ORIGIN), SECRETS.apiKey) as unknown as Functions;
  },
  '@propelauth/node': async (network, emulator) => {
    network.useFor({ headers: {} });
    const sdk = initBaseAuth({ authUrl: ORIGIN, apiKey: SECRETS.apiKey });
    // It asks for the key first.
    await sdk.validateAccessTokenAndGetUser(await authorizationOf(emulator));
    return sdk as unknown as Functions;
  },
  '@propelauth/javascript': async (network, emulator) => {
    const browser = new Browser(emulator);
    await browser.signIn('alice');
    network.useFor({ headers: { cookie: browser.cookie, origin: 'http://localhost:3000' } });
    const client = createClient({
      authUrl: ORIGIN,
      enableBackgroundTokenRefresh: false,
      skipInitialFetch: true,
    });
    return client as unknown as Functions;
  },
};

/** Sends to the emulator what a client sends, and where it sends the browser. */
class Network {
  readonly requests: SentRequest[] = [];
  visited: Promise<void> = Promise.resolve();
  readonly #realFetch = globalThis.fetch;
  #headers: Record<string, string> = {};

  constructor(
    private readonly emulator: Emulator,
    private readonly apiKeyId: string,
  ) {}

  useFor({ headers }: { headers: Record<string, string> }): void {
    this.#headers = headers;
    globalThis.fetch = (input, init) => this.#send(input, init);
    const location = Object.defineProperty({}, 'href', {
      get: () => 'http://localhost:3000/',
      set: (url: string) => {
        this.visited = this.visit(url);
      },
    });
    const listeners = { addEventListener: () => {}, removeEventListener: () => {} };
    Object.assign(globalThis, { window: { location, btoa, ...listeners } });
  }

  /** What the address bar of the browser does. */
  async visit(url: string): Promise<void> {
    if (!url.startsWith(ORIGIN)) return;
    const { cookie = '' } = this.#headers;
    await this.#send(url, { headers: { cookie, origin: '' } });
  }

  close(): void {
    globalThis.fetch = this.#realFetch;
    Reflect.deleteProperty(globalThis, 'window');
  }

  async #send(input: string | URL | Request, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers({ ...this.#headers });
    for (const [name, value] of new Headers(init.headers)) headers.set(name, value);
    if (headers.get('origin') === '') headers.delete('origin');
    const response = await this.emulator.fetch(input, { ...init, headers });
    const { href } = new URL(input instanceof Request ? input.url : input);
    const url = href.replace('https://propelauth-api.com', ORIGIN);
    this.requests.push({
      method: init.method ?? 'GET',
      url,
      path: withNames(new URL(url).pathname, this.apiKeyId),
      body: typeof init.body === 'string' ? init.body : '',
      status: response.status,
      response: await response.clone().text(),
    });
    return response;
  }
}

interface Event {
  readonly event: { readonly event_type: string };
}

function authorizationOf(emulator: Emulator): Promise<string> {
  return emulator.issuer.authorization(emulator.user('alice'));
}

async function read(emulator: Emulator, name: string): Promise<{ events: Event[] }> {
  const response = await emulator.fetch(`${ORIGIN}/__emulator/${name}`, { headers: AUTHORIZATION });
  return (await response.json()) as { events: Event[] };
}

const NAMES: Readonly<Record<string, string>> = {
  [ALICE]: ':userId',
  [ACME]: ':orgId',
  [EMPLOYEE]: ':employeeId',
  [GROUP]: ':groupId',
  apple: ':provider',
  signups: ':metric',
};

function withNames(path: string, apiKeyId: string): string {
  const names = { ...NAMES, [apiKeyId]: ':apiKeyId' } as Record<string, string>;
  const parts = path.split('/').map((part) => names[part] ?? part);
  return parts.join('/').replace(/\/$/, '');
}
