import { Controller, Get } from '@nestjs/common';
import {
  CurrentOrg,
  CurrentUser,
  orgNameFromParam,
  PropelAuthModule,
  RequireApiKey,
  RequireOrgMember,
  RequireOrgRole,
  RequireUser,
  type OrgMemberInfo,
  type PropelAuthApi,
  type User,
} from 'nestjs-propelauth';
import { liveAccess, newMemberships, type PropelAuthPlugin } from 'nestjs-propelauth/live-access';
import { overridePropelAuth, TestIssuer, type TestEmulator } from 'nestjs-propelauth/testing';
import supertest from 'supertest';
import { startApplication } from '../support/application.js';
import { apiOf, emulatorOf } from '../support/emulator.js';
import { stopClock, stopLogClock } from '../support/fake-timers.js';
import { ACME, ACME_ID, ROLES } from '../support/project.js';

const issuer = await TestIssuer.create({ roles: ROLES });
const alice = { email: 'alice@example.com', orgs: [{ ...ACME, role: 'Member' as const }] };
const bob = { email: 'bob@example.com' };

@Controller()
class OrgsController {
  @Get('me')
  @RequireUser()
  me() {}

  @Get('orgs/:orgId')
  @RequireOrgMember()
  show(@CurrentOrg() org: OrgMemberInfo, @CurrentUser() user: User) {
    return { org: org.orgName, orgs: user.getOrgs().map(({ orgName }) => orgName) };
  }

  @Get('orgs/:orgId/admin')
  @RequireOrgRole('Admin')
  admin() {}

  @Get('named/:orgName')
  @RequireOrgMember({ org: orgNameFromParam() })
  named() {}

  @Get('both/:orgId/:orgName')
  @RequireOrgMember({ org: Object.assign(bothNames, { reads: undefined }) })
  both() {}

  @Get('key/:orgId')
  @RequireApiKey()
  @RequireOrgMember()
  key() {}
}

function bothNames(context: { switchToHttp(): { getRequest(): unknown } }) {
  const { params } = context.switchToHttp().getRequest() as {
    params: { orgId: string; orgName: string };
  };
  return params;
}

const NOW = Date.UTC(2026, 0, 1);

/** An application that has run for an hour, and a user with a token. */
class Scenario {
  private constructor(
    readonly emulator: TestEmulator,
    readonly api: PropelAuthApi,
    readonly url: string,
    readonly clock: ReturnType<typeof stopLogClock>,
    private readonly token: string,
  ) {}

  static async start(
    plugins: readonly PropelAuthPlugin[] = [newMemberships()],
    claims?: Record<string, unknown>,
  ): Promise<Scenario> {
    stopClock(NOW - 3_600_000);
    const clock = stopLogClock();
    const emulator = emulatorOf(issuer, [alice, bob]);
    const { url } = await startApplication(
      {
        imports: [
          PropelAuthModule.forRoot({
            ...issuer.moduleOptions,
            webhooks: { secret: issuer.webhookSecret, path: '/webhooks' },
            debugMode: true,
            plugins,
          }),
        ],
        controllers: [OrgsController],
      },
      (app) => void app.getHttpAdapter().getInstance().set?.('trust proxy', true),
      (builder) => overridePropelAuth(builder, { emulator }),
    );
    jest.setSystemTime(NOW);
    const token = await issuer.accessToken(alice, { claims });
    return new Scenario(emulator, apiOf(emulator), url, clock, token);
  }

  /** Creates an organization, which the token does not contain. */
  async createOrg(role: string | undefined, name = 'Initech'): Promise<string> {
    const { orgId } = await this.api.createOrg({ name });
    if (role !== undefined) {
      await this.api.addUserToOrg({ userId: issuer.userId(alice), orgId, role });
    }
    return orgId;
  }

  get(path: string, address = '192.0.2.1', token = this.token): supertest.Test {
    return supertest(this.url)
      .get(path)
      .set({ Authorization: `Bearer ${token}`, 'X-Forwarded-For': address });
  }

  async send(event_type: string, fields: object): Promise<void> {
    const { headers, body } = issuer.webhook({ event_type, ...fields });
    await supertest(this.url).post('/webhooks').set(headers).send(body).expect(204);
  }

  /** How often the guard has asked PropelAuth about users. */
  get questions(): number {
    return this.emulator.calls.filter(({ name }) => name.includes('UserMetadata')).length;
  }
}

function expectStatus(status: number, response: supertest.Test): supertest.Test {
  return response.expect(status);
}

describe('newMemberships()', () => {
  it('lets a user into an organization that they have joined since the token was issued', async () => {
    const scenario = await Scenario.start();
    const orgId = await scenario.createOrg('Admin');
    const { body } = await expectStatus(200, scenario.get(`/orgs/${orgId}`));
    expect(body).toEqual({ org: 'Initech', orgs: ['Initech', 'Acme Inc'] });
    await expectStatus(200, scenario.get(`/orgs/${orgId}/admin`));
    await expectStatus(200, scenario.get('/named/initech'));
    expect(scenario.questions).toBe(1);
  });

  it('checks the role of the answer like that of a token', async () => {
    const scenario = await Scenario.start();
    const orgId = await scenario.createOrg('Member');
    const { body } = await expectStatus(403, scenario.get(`/orgs/${orgId}/admin`));
    expect(body).toMatchObject({ reason: 'role_missing' });
    await expectStatus(200, scenario.get(`/orgs/${orgId}`));
  });

  it('leaves the organizations of the token as they are, and asks nothing about them', async () => {
    const scenario = await Scenario.start();
    await scenario.api.changeUserRoleInOrg({
      orgId: ACME_ID,
      userId: issuer.userId(alice),
      role: 'Admin',
    });
    await expectStatus(200, scenario.get(`/orgs/${ACME_ID}`));
    await expectStatus(403, scenario.get(`/orgs/${ACME_ID}/admin`));
    expect(scenario.questions).toBe(0);
    const orgId = await scenario.createOrg('Member');
    await expectStatus(200, scenario.get(`/orgs/${orgId}`));
    await expectStatus(403, scenario.get(`/orgs/${ACME_ID}/admin`));
  });

  it('is needed: without it, a new organization gets 403 and no question', async () => {
    const scenario = await Scenario.start([]);
    const orgId = await scenario.createOrg('Admin');
    const { body } = await expectStatus(403, scenario.get(`/orgs/${orgId}`));
    expect(body).toMatchObject({ reason: 'not_a_member' });
    expect(scenario.questions).toBe(0);
  });

  it('finds an organization that is created after a question about another one', async () => {
    const scenario = await Scenario.start();
    await expectStatus(403, scenario.get(`/orgs/${await scenario.createOrg(undefined)}`));
    scenario.clock.advance(1);
    await expectStatus(200, scenario.get(`/orgs/${await scenario.createOrg('Owner', 'Hooli')}`));
    expect(scenario.questions).toBe(2);
  });

  it('asks once in 30 s whether a user has joined an organization', async () => {
    const scenario = await Scenario.start();
    const orgId = await scenario.createOrg(undefined);
    await Promise.all([1, 2, 3].map(() => scenario.get(`/orgs/${orgId}`).expect(403)));
    expect(scenario.questions).toBe(1);
    await scenario.api.addUserToOrg({ userId: issuer.userId(alice), orgId, role: 'Member' });
    scenario.clock.advance(29_000);
    await expectStatus(403, scenario.get(`/orgs/${orgId}`));
    scenario.clock.advance(1_000);
    await expectStatus(200, scenario.get(`/orgs/${orgId}`));
    expect(scenario.questions).toBe(2);
  });

  it('applies a removal within 30 s', async () => {
    const scenario = await Scenario.start();
    const orgId = await scenario.createOrg('Member');
    await expectStatus(200, scenario.get(`/orgs/${orgId}`));
    await scenario.api.removeUserFromOrg({ userId: issuer.userId(alice), orgId });
    scenario.clock.advance(30_000);
    await expectStatus(403, scenario.get(`/orgs/${orgId}`));
  });

  it.each([
    ['an id that is no UUID', '/orgs/initech'],
    ['an id with a path in it', `/orgs/${encodeURIComponent('../users')}`],
    ['a name of more than 200 characters', `/named/${'x'.repeat(201)}`],
  ])('asks nothing about %s', async (_what, path) => {
    const scenario = await Scenario.start();
    await expectStatus(403, scenario.get(path));
    expect(scenario.questions).toBe(0);
  });

  it('rejects an id and a name of different organizations', async () => {
    const scenario = await Scenario.start();
    const orgId = await scenario.createOrg('Member');
    await scenario.createOrg('Member', 'Hooli');
    await expectStatus(403, scenario.get(`/both/${orgId}/hooli`));
    await expectStatus(200, scenario.get(`/both/${orgId}/initech`));
  });

  it('asks nothing for a token of one active organization, or an API key', async () => {
    const [org] = Object.values(
      issuer.claimsOf(alice)['org_id_to_org_member_info'] as Record<string, object>,
    );
    const scenario = await Scenario.start(undefined, {
      org_id_to_org_member_info: undefined,
      org_member_info: org,
    });
    const orgId = await scenario.createOrg('Owner');
    await expectStatus(200, scenario.get(`/orgs/${ACME_ID}`));
    await expectStatus(403, scenario.get(`/orgs/${orgId}`));
    const { apiKeyToken } = await scenario.api.createApiKey({ orgId: ACME_ID });
    await supertest(scenario.url).get(`/key/${orgId}`).set('X-API-Key', apiKeyToken).expect(403);
    expect(scenario.questions).toBe(0);
  });

  it('asks nothing with an invalid token', async () => {
    const scenario = await Scenario.start();
    const orgId = await scenario.createOrg('Owner');
    const forged = await (await TestIssuer.create({ roles: ROLES })).accessToken(alice);
    await expectStatus(401, scenario.get(`/orgs/${orgId}`, undefined, forged));
    expect(scenario.questions).toBe(0);
  });

  it.each(['disabled', 'deleted'])('rejects a user who is %s in the answer', async (what) => {
    const scenario = await Scenario.start();
    const orgId = await scenario.createOrg('Owner');
    const userId = issuer.userId(alice);
    await (what === 'disabled'
      ? scenario.api.disableUser(userId)
      : scenario.api.deleteUser(userId));
    await expectStatus(403, scenario.get(`/orgs/${orgId}`));
  });

  it('returns 403 if PropelAuth does not answer, stops asking for 30 s, and then recovers', async () => {
    const scenario = await Scenario.start();
    const orgId = await scenario.createOrg('Owner');
    scenario.emulator.fail('fetchUserMetadataByUserId', { status: 503, times: 1 });
    const { body } = await expectStatus(403, scenario.get(`/orgs/${orgId}`));
    expect(body).toMatchObject({ reason: 'not_a_member' });
    await expectStatus(403, scenario.get(`/orgs/${orgId}`));
    expect(scenario.questions).toBe(1);
    scenario.clock.advance(30_000);
    await expectStatus(200, scenario.get(`/orgs/${orgId}`));
  });

  it('asks for at most five organizations of a user at once, and one more each 10 s', async () => {
    const scenario = await Scenario.start();
    const orgIds = Array.from({ length: 20 }, () => crypto.randomUUID());
    for (const [index, orgId] of orgIds.entries()) {
      scenario.clock.advance(1);
      await expectStatus(403, scenario.get(`/orgs/${orgId}`, `192.0.2.${index}`));
    }
    expect(scenario.questions).toBe(5);
    scenario.clock.advance(10_000);
    await expectStatus(200, scenario.get(`/orgs/${await scenario.createOrg('Member')}`));
    await expectStatus(403, scenario.get(`/orgs/${crypto.randomUUID()}`));
    expect(scenario.questions).toBe(6);
  });

  it('asks at most 50 times at once for the users of one address', async () => {
    const scenario = await Scenario.start();
    for (let count = 0; count < 55; count++) {
      const token = await issuer.accessToken({
        userId: crypto.randomUUID(),
        email: 'm@example.com',
      });
      await expectStatus(403, scenario.get(`/orgs/${ACME_ID}`, '198.51.100.7', token));
    }
    expect(scenario.questions).toBe(50);
    const orgId = await scenario.createOrg('Member');
    await expectStatus(200, scenario.get(`/orgs/${orgId}`));
  });
});

describe('newMemberships() with liveAccess()', () => {
  const plugins = [liveAccess(), newMemberships()];

  it('does not let a removed member back in while PropelAuth may answer with the old state', async () => {
    const scenario = await Scenario.start(plugins);
    const userId = issuer.userId(alice);
    await expectStatus(200, scenario.get(`/orgs/${ACME_ID}`));
    await scenario.send('user.removed_from_org', { removed_user_id: userId, org_id: ACME_ID });
    // The emulator still answers that the user is a member.
    await expectStatus(403, scenario.get(`/orgs/${ACME_ID}`));
    await scenario.api.removeUserFromOrg({ orgId: ACME_ID, userId });
    scenario.clock.advance(3_000);
    await expectStatus(403, scenario.get(`/orgs/${ACME_ID}`));
  });

  it.each([
    ['user.removed_from_org', (orgId: string) => ({ org_id: orgId })],
    ['org.deleted', (orgId: string) => ({ org_id: orgId, user_id: undefined })],
    ['user.disabled', () => ({})],
  ])('ends access to a new organization at once with %s', async (event, fields) => {
    const scenario = await Scenario.start(plugins);
    const userId = issuer.userId(alice);
    const orgId = await scenario.createOrg('Member');
    await expectStatus(200, scenario.get(`/orgs/${orgId}`));
    scenario.clock.advance(1);
    await scenario.send(event, { user_id: userId, removed_user_id: userId, ...fields(orgId) });
    const { status } = await scenario.get(`/orgs/${orgId}`);
    expect(status).toBe(event === 'user.disabled' ? 401 : 403);
  });

  it('gives a demoted user the new role in the new organization', async () => {
    const scenario = await Scenario.start(plugins);
    const userId = issuer.userId(alice);
    const orgId = await scenario.createOrg('Admin');
    await expectStatus(200, scenario.get(`/orgs/${orgId}/admin`));
    await scenario.api.changeUserRoleInOrg({ orgId, userId, role: 'Member' });
    scenario.clock.advance(1);
    await scenario.send('user.role_changed_within_org', { user_id: userId, org_id: orgId });
    await expectStatus(403, scenario.get(`/orgs/${orgId}/admin`));
    await expectStatus(200, scenario.get(`/orgs/${orgId}`));
  });

  it('asks nothing more, if live access has just asked about the user', async () => {
    const scenario = await Scenario.start(plugins);
    const orgId = await scenario.createOrg('Member');
    await scenario.send('user.role_changed_within_org', { user_id: issuer.userId(alice) });
    scenario.clock.advance(3_000);
    await expectStatus(200, scenario.get('/me'));
    expect(scenario.questions).toBe(1);
    await expectStatus(200, scenario.get(`/orgs/${orgId}`));
    expect(scenario.questions).toBe(1);
  });
});
