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
  type PropelAuthModuleOptions,
} from 'nestjs-propelauth';
import { liveAccess } from 'nestjs-propelauth/live-access';
import { mcpServer, RequireMcpToken, RequireScope } from 'nestjs-propelauth/mcp';
import {
  overridePropelAuth,
  TestIssuer,
  type TestEmulator,
  type TestUser,
} from 'nestjs-propelauth/testing';
import type { Failure as Failing } from 'propelauth-emulator';
import supertest from 'supertest';
import { startApplication } from './application.js';
import { apiOf, emulatorOf } from './emulator.js';
import { API_KEY, AUTH_URL, ROLES } from './project.js';
import { PropelAuthServer } from './propelauth-server.js';
import { rawToken } from './raw-token.js';

/** How a request that fails is answered. */
export interface Failure {
  readonly status: number;
  readonly reason: string;
  /** The `WWW-Authenticate` header, without the values that depend on the application. */
  readonly challenge: string | undefined;
}

const org = { org: orgFromHeader('x-org-id') };
const outer = { org: orgFromQuery() };

@Controller()
class CallersController {
  @Get('RequireUser')
  @RequireUser()
  user() {}

  @Get('OptionalUser')
  @OptionalUser()
  optional() {}

  @Get('OptionalCaller')
  @OptionalCaller('user')
  onlyIfUser() {}

  @Get('Public')
  @Public()
  open() {}

  @Get('DenyImpersonation')
  @DenyImpersonation()
  inPerson() {}

  @Get('RequireStepUpMfa')
  @RequireStepUpMfa('DELETE_ACCOUNT')
  stepUp() {}

  @Get('RequireApiKey')
  @RequireApiKey({ kind: 'org', metadata: { scope: 'read' } })
  apiKey() {}

  @Get('RequireUserOrApiKey')
  @RequireUserOrApiKey({ kind: 'org', metadata: { scope: 'read' } })
  userOrApiKey() {}

  @Get('RequireCaller')
  @RequireCaller('user', 'api-key')
  userOrScript() {}

  @Get('RequireMetadata')
  @RequireMetadata({ region: 'eu' }, { of: 'service' })
  region() {}

  @Get('CurrentAccount')
  @RequireUser()
  account(@CurrentAccount() _account: object) {}

  @Get('RequireMcpToken')
  @RequireMcpToken({ scopes: ['read:reports'] })
  mcp(@CurrentUser() _user: unknown) {}

  @Get('RequireScope')
  @RequireScope('read:reports')
  scope(@CurrentUser() _user: unknown) {}
}

/** Two rules, which look in two places. */
@Controller('RequireOrgMember')
@RequireOrgMember(outer)
class MembersController {
  @Get()
  @RequireOrgMember(org)
  member() {}
}

@Controller('RequireOrgRole')
@RequireOrgRole('Member', outer)
class RolesController {
  @Get()
  @RequireOrgRole('Admin', org)
  admin() {}
}

@Controller('RequirePermission')
@RequirePermission('can_view_reports', outer)
class PermissionsController {
  @Get()
  @RequirePermission('can_view_billing', org)
  billing() {}
}

@Controller('RequireAnyOf')
@RequireOrgMember(outer)
class AnyOfController {
  @Get()
  @RequireAnyOf(RequireOrgRole('Owner', org), RequirePermission('can_view_billing', org))
  anyOf() {}
}

/** Of each decorator one route, which is called as the decorator. */
const controllers: Type[] = [
  CallersController,
  MembersController,
  RolesController,
  PermissionsController,
  AnyOfController,
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

const ofApplication = { account: NoAccounts, callerKinds: [ServiceTokens] };

const RESOURCE = 'https://api.example.com/mcp';

type Headers = Record<string, string>;

const alice: TestUser = {
  email: 'alice@example.com',
  orgs: [{ orgName: 'Acme Inc', role: 'Owner' }],
};
const carol: TestUser = {
  email: 'carol@example.com',
  orgs: [{ orgName: 'Acme Inc', role: 'Member' }],
};
const dave: TestUser = { email: 'dave@example.com' };
const erin: TestUser = {
  email: 'erin@example.com',
  orgs: [
    { orgName: 'Acme Inc', role: 'Owner' },
    { orgName: 'Globex', role: 'Owner' },
  ],
};
/** Of whom an event says that their access has changed. */
const frank: TestUser = { ...alice, email: 'frank@example.com' };

const READ_TOKENS = [
  'RequireUser',
  'OptionalCaller',
  'OptionalUser',
  'DenyImpersonation',
  'RequireStepUpMfa',
  'RequireOrgMember',
  'RequireOrgRole',
  'RequirePermission',
  'RequireAnyOf',
  'RequireUserOrApiKey',
  'RequireCaller',
];
const READ_API_KEYS = ['RequireApiKey', 'RequireUserOrApiKey', 'RequireCaller'];
const READ_MCP_TOKENS = ['RequireMcpToken', 'RequireScope'];
const READ_ORGS = ['RequireOrgMember', 'RequireOrgRole', 'RequirePermission', 'RequireAnyOf'];

const outage = { status: 503 };

/** Calls every decorator in every way in which a request can fail. */
export async function failuresByDecorator(): Promise<ReadonlyMap<string, readonly Failure[]>> {
  const issuer = await TestIssuer.create({ roles: ROLES });
  const emulator = emulatorOf(issuer, [alice, carol, dave, erin, frank]);
  const options = {
    ...issuer.moduleOptions,
    debugMode: true,
    plugins: [
      mcpServer({
        resource: RESOURCE,
        introspection: issuer.introspection,
        scopes: ['read:reports'],
      }),
      liveAccess(),
    ],
    webhooks: { secret: issuer.webhookSecret, path: '/events' },
  };
  const application = await startApplication(
    {
      imports: [PropelAuthModule.forRoot({ ...options, ...ofApplication })],
      controllers,
      providers: [NoAccounts, ServiceTokens],
    },
    undefined,
    (builder) => overridePropelAuth(builder, { emulator }),
    { rawBody: true },
  );
  const calls = new Calls(emulator, application.url);
  await calls.ofUsers();
  await calls.ofOrganizations();
  await calls.ofApiKeys();
  await calls.ofServices();
  await calls.ofMcpClients();
  await calls.ofOthers();
  await calls.duringOutages();
  await calls.withoutKeys(await startWithoutKeys(options));
  return calls.failures;
}

/** An application that cannot fetch the verification key. */
async function startWithoutKeys(options: PropelAuthModuleOptions): Promise<string> {
  const server = await PropelAuthServer.start();
  server.answers({ status: 500 });
  const { manualTokenVerificationMetadata: _, ...others } = options;
  const propelAuth = PropelAuthModule.forRoot({
    ...others,
    ...ofApplication,
    authUrl: AUTH_URL,
    apiKey: API_KEY,
  });
  const { url } = await startApplication({
    imports: [propelAuth],
    controllers,
    providers: [NoAccounts, ServiceTokens],
  });
  return url;
}

class Calls {
  readonly failures = new Map<string, Failure[]>();
  private readonly issuer: TestIssuer;
  private readonly acme: string;

  constructor(
    private readonly emulator: TestEmulator,
    private readonly url: string,
  ) {
    const { issuer } = emulator;
    this.issuer = issuer;
    this.acme = issuer.orgId('Acme Inc');
  }

  async ofUsers(): Promise<void> {
    const { issuer } = this;
    const other = await TestIssuer.create({ roles: ROLES });
    const inOneHour = new Date(Date.now() + 3_600_000);
    // A forged token that is older than the verification key: a later one may be of a newer key.
    const beforeTheKey = new Date(Date.now() - 20 * 60_000);
    const disabled = { ...alice, email: 'disabled@example.com' };
    const ofDisabled = await issuer.accessToken(disabled, {
      issuedAt: new Date(Date.now() - 60_000),
    });
    await apiOf(this.emulator).disableUser(issuer.userId(disabled));
    await this.tell({ event_type: 'user.disabled', user_id: issuer.userId(disabled) });
    const headers: Headers[] = [
      {},
      { Authorization: 'Bearer' },
      bearer('text-that-is-no-access-token'),
      bearer(await issuer.accessToken(alice, { expiresInSeconds: -120 })),
      bearer(await issuer.accessToken(alice, { issuedAt: inOneHour })),
      bearer(await other.accessToken(alice, { issuedAt: beforeTheKey })),
      bearer(rawToken({ header: { alg: 'HS256' } })),
      bearer(await issuer.accessToken(alice, { claims: { iss: 'https://other.example' } })),
      bearer(await issuer.accessToken(alice, { claims: { exp: undefined } })),
      bearer(await issuer.accessToken(alice, { claims: { user_id: undefined } })),
      bearer(ofDisabled),
    ];
    for (const decorator of READ_TOKENS) {
      for (const each of headers) await this.call(decorator, each);
    }
  }

  async ofOrganizations(): Promise<void> {
    const globex = this.issuer.orgId('Globex');
    for (const decorator of READ_ORGS) {
      const as = async (user: TestUser, orgId?: string) =>
        this.call(decorator, {
          ...bearer(await this.issuer.accessToken(user)),
          ...(orgId !== undefined && { 'X-Org-Id': orgId }),
        });
      await as(alice);
      await as(carol, this.acme);
      await as(dave, this.acme);
      await as(erin, globex);
    }
  }

  async ofApiKeys(): Promise<void> {
    const userId = this.issuer.userId(alice);
    const personal = this.emulator.createApiKey({ userId });
    const ofAcme = this.emulator.createApiKey({ orgId: this.issuer.orgId('Acme Inc') });
    const limited = { status: 429, body: { wait_seconds: 7 } };
    for (const decorator of READ_API_KEYS) {
      await this.call(decorator, {});
      await this.call(decorator, { Authorization: 'Bearer' });
      await this.call(decorator, { 'X-API-Key': `unknown-${decorator}` });
      await this.call(decorator, { 'X-API-Key': personal });
      if (decorator !== 'RequireCaller') await this.call(decorator, { 'X-API-Key': ofAcme });
      await this.call(decorator, { 'X-API-Key': personal, Authorization: `Bearer ${personal}` });
      await this.during('validateApiKey', limited, () =>
        this.call(decorator, { 'X-API-Key': `limited-${decorator}` }),
      );
    }
  }

  async ofServices(): Promise<void> {
    await this.call('RequireMetadata', {});
    await this.call('RequireMetadata', { 'X-Service-Token': 'unknown' });
    await this.call('RequireMetadata', { 'X-Service-Token': 'valid' });
  }

  async ofMcpClients(): Promise<void> {
    const { issuer } = this;
    const scopes = ['read:reports'];
    const disabled = { email: 'mcp-disabled@example.com' };
    const token = issuer.mcpToken(alice, { scopes });
    const ofDisabled = issuer.mcpToken(disabled, { scopes });
    await apiOf(this.emulator).disableUser(issuer.userId(disabled));
    const headers: Headers[] = [
      {},
      { Authorization: 'Bearer' },
      bearer('unknown'),
      bearer(issuer.mcpToken(alice, { scopes, resource: 'https://other.example.com' })),
      bearer(issuer.mcpToken(alice, { scopes: [] })),
      bearer(ofDisabled),
      { ...bearer(token), Origin: 'https://other.example.com' },
    ];
    for (const decorator of READ_MCP_TOKENS) {
      for (const each of headers) await this.call(decorator, each);
    }
  }

  async ofOthers(): Promise<void> {
    await this.call('Public', bearer('invalid'));
    const impersonated = { ...alice, impersonatorUserId: 'the-employee' };
    const [ofEmployee, ofAlice] = [
      await this.issuer.accessToken(impersonated),
      await this.issuer.accessToken(alice),
    ];
    await this.call('DenyImpersonation', bearer(ofEmployee));
    await this.call('RequireStepUpMfa', bearer(ofAlice));
    await this.call('CurrentAccount', bearer(ofAlice));
  }

  async duringOutages(): Promise<void> {
    const issuedAt = new Date(Date.now() - 60_000);
    const token = await this.issuer.accessToken(frank, { issuedAt });
    await this.tell({
      event_type: 'user.role_changed_within_org',
      user_id: this.issuer.userId(frank),
      org_id: this.acme,
    });
    await this.during('fetchUserMetadataByUserId', outage, async () => {
      for (const decorator of READ_TOKENS) await this.call(decorator, bearer(token));
    });
    await this.during('validateApiKey', outage, () =>
      this.call('RequireApiKey', { 'X-API-Key': 'any' }),
    );
    await this.during('verifyStepUpGrant', outage, async () =>
      this.call('RequireStepUpMfa', {
        ...bearer(await this.issuer.accessToken(alice)),
        'X-Step-Up-Grant': 'a-grant',
      }),
    );
    await this.during('introspect', outage, async () => {
      for (const decorator of READ_MCP_TOKENS) await this.call(decorator, bearer('another'));
    });
  }

  async withoutKeys(url: string): Promise<void> {
    const token = bearer(await this.issuer.accessToken(alice));
    for (const decorator of READ_TOKENS) await this.call(decorator, token, 'get', url);
  }

  /** Notes the answer to a request, if it is an error. */
  private async call(
    decorator: string,
    headers: Headers,
    method: 'get' | 'post' = 'get',
    url = this.url,
  ): Promise<void> {
    const path = `/${decorator}?orgId=${this.acme}`;
    const response = await supertest(url)[method](path).set(headers);
    if (response.status < 400) return;
    const { reason } = response.body as { reason: string };
    const known = this.failures.get(decorator) ?? [];
    this.failures.set(decorator, known);
    if (known.some((failure) => failure.reason === reason)) return;
    const challenge = response.headers['www-authenticate']?.replaceAll(
      /(scope|resource_metadata)="[^"]*"/g,
      '$1="…"',
    );
    known.push({ status: response.status, reason, challenge });
  }

  /** Has a call fail for a while. */
  private async during(name: string, failure: Failing, run: () => Promise<void>): Promise<void> {
    this.emulator.fail(name, failure);
    await run();
    this.emulator.fail(name, { times: 0 });
  }

  /** Sends an event as PropelAuth does. */
  private async tell(event: object): Promise<void> {
    const { headers, body } = this.issuer.webhook(event);
    await supertest(this.url).post('/events').set(headers).send(body).expect(204);
  }
}

function bearer(token: string): Headers {
  return { Authorization: `Bearer ${token}` };
}
