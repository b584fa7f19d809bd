import { Controller, Get, type Type } from '@nestjs/common';
import {
  CurrentAccount,
  CurrentUser,
  DenyImpersonation,
  OptionalCaller,
  OptionalUser,
  orgFromHeader,
  orgFromQuery,
  PropelAuthModule,
  Public,
  RequireAnyOf,
  RequireApiKey,
  RequireCaller,
  RequireMetadata,
  RequireOrgMember,
  RequireOrgRole,
  RequirePermission,
  RequireStepUpMfa,
  RequireUser,
  RequireUserOrApiKey,
  type AccountLoader,
  type CallerKind,
} from 'nestjs-propelauth';
import { liveAccess } from 'nestjs-propelauth/live-access';
import { mcpServer, RequireMcpToken, RequireScope } from 'nestjs-propelauth/mcp';
import { overridePropelAuth, TestIssuer, type TestEmulator } from 'nestjs-propelauth/testing';
import type { Failure as Failing } from 'propelauth-emulator';
import supertest from 'supertest';
import { startApplication } from './application.js';
import { apiOf, emulatorOf } from './emulator.js';
import {
  ACME,
  ACME_ID,
  alice,
  API_KEY,
  AUTH_URL,
  carol,
  dave,
  GLOBEX,
  GLOBEX_ID,
  ROLES,
  userIn,
  type KnownUser,
} from './project.js';
import { PropelAuthServer } from './propelauth-server.js';
import { rawToken } from './raw-token.js';
import { routeUnder } from './routes.js';

/** How a request that fails is answered. */
export interface Failure {
  readonly status: number;
  readonly reason: string;
}

const org = { org: orgFromHeader('x-org-id') };

/** Handlers under the decorators of access, each called as the decorator. */
const handlers: Record<string, MethodDecorator> = {
  RequireUser: RequireUser(),
  OptionalUser: OptionalUser(),
  OptionalCaller: OptionalCaller('user'),
  Public: Public(),
  DenyImpersonation: DenyImpersonation(),
  RequireStepUpMfa: RequireStepUpMfa('DELETE_ACCOUNT'),
  RequireApiKey: RequireApiKey({ kind: 'org', metadata: { scope: 'read' } }),
  RequireUserOrApiKey: RequireUserOrApiKey({ kind: 'org', metadata: { scope: 'read' } }),
  RequireCaller: RequireCaller('user', 'api-key'),
  RequireMetadata: RequireMetadata({ region: 'eu' }, { of: 'service' }),
};

/** The same in a class with another organization rule, which looks in another place. */
const handlersOfOrgs: Record<string, MethodDecorator> = {
  RequireOrgMember: RequireOrgMember(org),
  RequireOrgRole: RequireOrgRole('Admin', org),
  RequirePermission: RequirePermission('can_view_billing', org),
  RequireAnyOf: RequireAnyOf(
    RequireOrgRole('Owner', org),
    RequirePermission('can_view_billing', org),
  ),
};

/** Users of MCP clients are looked up for handlers that ask for them. */
@Controller()
class UsersController {
  @Get('RequireMcpToken')
  @RequireMcpToken({ scopes: ['read:reports'] })
  mcp(@CurrentUser() _user: unknown) {}

  @Get('RequireScope')
  @RequireScope('read:reports')
  scope(@CurrentUser() _user: unknown) {}

  @Get('CurrentAccount')
  @RequireUser()
  account(@CurrentAccount() _account: object) {}
}

function controllers(): Type[] {
  const ofOrgs = Object.entries(handlersOfOrgs).map(([name, decorator]) => {
    const controller = routeUnder(name, decorator);
    RequireOrgMember({ org: orgFromQuery() })(controller);
    return controller;
  });
  const others = Object.entries(handlers).map(([name, decorator]) => routeUnder(name, decorator));
  return [...others, ...ofOrgs, UsersController];
}

const DECORATORS = [
  ...Object.keys(handlers),
  ...Object.keys(handlersOfOrgs),
  'RequireMcpToken',
  'RequireScope',
];

/** Services, none of which has metadata. */
class ServiceTokens implements CallerKind {
  readonly name = 'service';
  readonly credential = [{ header: 'X-Service-Token' }];

  identify(token: string) {
    return token === 'valid' ? {} : undefined;
  }

  key() {
    return undefined;
  }

  metadata() {
    return {};
  }
}

/** The application has no account of anyone. */
class NoAccounts implements AccountLoader {
  load() {
    return null;
  }
}

type Headers = Record<string, string>;

const erin = userIn('erin', { ...ACME, role: 'Owner' }, { ...GLOBEX, role: 'Owner' });

/** Calls every decorator in every way in which a request can fail. */
export async function failuresByDecorator(): Promise<ReadonlyMap<string, readonly Failure[]>> {
  const issuer = await TestIssuer.create({ roles: ROLES });
  const emulator = emulatorOf(issuer, [alice, carol, dave, erin]);
  const options = {
    ...issuer.moduleOptions,
    debugMode: true,
    plugins: [
      mcpServer({
        resource: 'https://api.example.com/mcp',
        introspection: issuer.introspection,
        scopes: ['read:reports'],
      }),
      liveAccess(),
    ],
    webhooks: { secret: issuer.webhookSecret, path: '/events' },
    account: NoAccounts,
    callerKinds: [ServiceTokens],
  };
  const metadata = { controllers: controllers(), providers: [NoAccounts, ServiceTokens] };
  const { url } = await startApplication(
    { ...metadata, imports: [PropelAuthModule.forRoot(options)] },
    undefined,
    (builder) => overridePropelAuth(builder, { emulator }),
    { rawBody: true },
  );
  // An application that cannot fetch the verification key.
  const server = await PropelAuthServer.start();
  server.answers({ status: 500 });
  const { manualTokenVerificationMetadata: _, ...others } = options;
  const withoutKeys = await startApplication({
    ...metadata,
    imports: [PropelAuthModule.forRoot({ ...others, authUrl: AUTH_URL, apiKey: API_KEY })],
  });
  const failures = new Map<string, Failure[]>();
  const call = async (decorator: string, headers: Headers, to = url) => {
    const response = await supertest(to).get(`/${decorator}?orgId=${ACME_ID}`).set(headers);
    if (response.status < 400) return;
    const { reason } = response.body as { reason: string };
    const known = failures.get(decorator) ?? [];
    failures.set(decorator, [...known, { status: response.status, reason }]);
  };
  const disabled = userIn('disabled');
  const requests = [
    ...(await requestsOfUsers(issuer, disabled)),
    ...otherRequests(emulator, disabled),
  ];
  await apiOf(emulator).disableUser(disabled.userId);
  const { headers, body } = issuer.webhook({
    event_type: 'user.disabled',
    user_id: disabled.userId,
  });
  await supertest(url).post('/events').set(headers).send(body).expect(204);
  const ofAlice = bearer(await issuer.accessToken(alice));
  for (const decorator of DECORATORS) {
    for (const each of requests) await call(decorator, each);
    await call(decorator, ofAlice, withoutKeys.url);
    for (const [name, failure, credential] of OUTAGES) {
      emulator.fail(name, failure);
      await call(decorator, credential(decorator, ofAlice));
      emulator.fail(name, { times: 0 });
    }
  }
  await call('CurrentAccount', ofAlice);
  return failures;
}

/** The requests with access tokens, one of them of a user who has since been disabled. */
async function requestsOfUsers(issuer: TestIssuer, disabled: KnownUser): Promise<Headers[]> {
  const other = await TestIssuer.create({ roles: ROLES });
  const ofAlice = (options: Parameters<TestIssuer['accessToken']>[1]) =>
    issuer.accessToken(alice, options);
  const tokens = [
    'text-that-is-no-access-token',
    await ofAlice({ expiresInSeconds: -120 }),
    await ofAlice({ issuedAt: inMinutes(60) }),
    // A forged token that is older than the verification key: a later one may be of a newer key.
    await other.accessToken(alice, { issuedAt: inMinutes(-20) }),
    rawToken({ header: { alg: 'HS256' } }),
    await ofAlice({ claims: { iss: 'https://other.example' } }),
    await ofAlice({ claims: { exp: undefined } }),
    await ofAlice({ claims: { user_id: undefined } }),
    await issuer.accessToken(disabled, { issuedAt: inMinutes(-1) }),
    await issuer.accessToken({ ...alice, impersonatorUserId: 'the-employee' }),
    await ofAlice({}),
  ];
  const inOrg = async (user: KnownUser, orgId: string) => ({
    ...bearer(await issuer.accessToken(user)),
    'X-Org-Id': orgId,
  });
  return [
    ...tokens.map(bearer),
    await inOrg(carol, ACME_ID),
    await inOrg(dave, ACME_ID),
    await inOrg(erin, GLOBEX_ID),
  ];
}

/** Those with other credentials, or none. */
function otherRequests(emulator: TestEmulator, disabled: KnownUser): Headers[] {
  const { issuer } = emulator;
  const scopes = ['read:reports'];
  const personal = emulator.createApiKey({ userId: alice.userId });
  const mcpTokens = [
    'unknown',
    issuer.mcpToken(alice, { scopes, resource: 'https://other.example.com' }),
    issuer.mcpToken(alice, { scopes: [] }),
    issuer.mcpToken(disabled, { scopes }),
  ];
  return [
    {},
    { Authorization: 'Bearer' },
    { 'X-API-Key': 'unknown' },
    { 'X-API-Key': personal },
    { 'X-API-Key': emulator.createApiKey({ orgId: ACME_ID }) },
    { 'X-API-Key': personal, Authorization: `Bearer ${personal}` },
    { 'X-Service-Token': 'unknown' },
    { 'X-Service-Token': 'valid' },
    ...mcpTokens.map(bearer),
    { ...bearer(issuer.mcpToken(alice, { scopes })), Origin: 'https://other.example.com' },
  ];
}

/** What fails on PropelAuth's side, how, and the credential that it is about: another one for each decorator, since answers are kept. */
const OUTAGES: [
  call: string,
  failure: Failing,
  credential: (decorator: string, ofAlice: Headers) => Headers,
][] = [
  [
    'validateApiKey',
    { status: 429, body: { wait_seconds: 7 } },
    (decorator) => ({ 'X-API-Key': `limited-${decorator}` }),
  ],
  ['validateApiKey', { status: 503 }, (decorator) => ({ 'X-API-Key': decorator })],
  [
    'verifyStepUpGrant',
    { status: 503 },
    (_, ofAlice) => ({ ...ofAlice, 'X-Step-Up-Grant': 'grant' }),
  ],
  ['introspect', { status: 503 }, (decorator) => bearer(decorator)],
];

function inMinutes(minutes: number): Date {
  return new Date(Date.now() + minutes * 60_000);
}

function bearer(token: string): Headers {
  return { Authorization: `Bearer ${token}` };
}
