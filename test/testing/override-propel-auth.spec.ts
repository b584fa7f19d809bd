import { Body, Controller, Get, Injectable, Module, Post } from '@nestjs/common';
import {
  CurrentApiKey,
  CurrentOrg,
  CurrentUser,
  orgFromHeader,
  PropelAuthApi,
  PropelAuthApiError,
  PropelAuthModule,
  RequireApiKey,
  RequireOrgRole,
  RequireStepUpMfa,
  RequireUser,
  type ApiKeyValidation,
  type OrgMemberInfo,
  type User,
} from 'nestjs-propelauth';
import { FakePropelAuthApi, overridePropelAuth, TestIssuer } from 'nestjs-propelauth/testing';
import { Test } from '@nestjs/testing';
import request from 'supertest';
import { startApplication, type RunningApplication } from '../support/application.js';
import { PropelAuthServer } from '../support/propelauth-server.js';

@Injectable()
class Invitations {
  constructor(private readonly propelAuth: PropelAuthApi) {}

  send(orgId: string, email: string) {
    return this.propelAuth.inviteUserToOrg({ orgId, email, role: 'Member' });
  }
}

@Controller()
class AppController {
  constructor(private readonly invitations: Invitations) {}

  @Get()
  @RequireUser()
  hello(@CurrentUser() user: User) {
    return { userId: user.userId };
  }

  @Get('key')
  @RequireApiKey()
  key(@CurrentApiKey() key: ApiKeyValidation) {
    return { userId: key.user?.userId };
  }

  @Post('withdrawals')
  @RequireStepUpMfa('WITHDRAW')
  withdraw() {}

  @Post('invitations')
  @RequireOrgRole('Admin')
  async invite(@CurrentOrg() org: OrgMemberInfo, @Body('email') email: string) {
    return { sent: await this.invitations.send(org.orgId, email) };
  }
}

/** As the module of an application is, whose environment a test run does not have. */
@Module({
  imports: [
    PropelAuthModule.forRoot({
      authUrl: process.env['NO_SUCH_VARIABLE']!,
      apiKey: process.env['NO_SUCH_VARIABLE']!,
      orgSource: orgFromHeader('x-org-id'),
    }),
  ],
  controllers: [AppController],
  providers: [Invitations],
})
class AppModule {}

const ADMIN = { email: 'alice@example.com', orgs: [{ orgName: 'Acme Inc', role: 'Admin' }] };

describe('overridePropelAuth()', () => {
  let propelAuth: PropelAuthServer;
  let issuer: TestIssuer;

  beforeAll(async () => {
    propelAuth = await PropelAuthServer.start();
    issuer = await TestIssuer.create();
  });

  function start(api?: FakePropelAuthApi): Promise<RunningApplication> {
    return startApplication(
      { imports: [AppModule] },
      () => {},
      (builder) => overridePropelAuth(builder, { issuer, api }),
      { rawBody: true },
    );
  }

  it('makes the application accept the tokens of the issuer, and no others', async () => {
    const { url } = await start();
    const stranger = await TestIssuer.create();
    await request(url)
      .get('/')
      .auth(await issuer.accessToken(ADMIN), { type: 'bearer' })
      .expect(200, { userId: issuer.userId(ADMIN) });
    await request(url)
      .get('/')
      .auth(await stranger.accessToken(ADMIN), { type: 'bearer' })
      .expect(401);
    await request(url)
      .get('/')
      .auth(await issuer.accessToken(ADMIN, { expiresInSeconds: -120 }), { type: 'bearer' })
      .expect(401);
    await request(url).get('/').expect(401);
  });

  it('keeps the other options of the application', async () => {
    const { url } = await start(new FakePropelAuthApi({ issuer, users: [ADMIN] }));
    const invite = async (orgId: string) =>
      request(url)
        .post('/invitations')
        .auth(await issuer.accessToken(ADMIN), { type: 'bearer' })
        .set('x-org-id', orgId)
        .send({ email: 'bob@example.com' });
    expect((await invite(issuer.orgId('Acme Inc'))).status).toBe(201);
    expect((await invite(issuer.orgId('Globex'))).status).toBe(403);
  });

  it('answers the application’s API calls with the fake', async () => {
    const api = new FakePropelAuthApi({ issuer, users: [ADMIN] });
    const { url } = await start(api);
    await request(url)
      .post('/invitations')
      .auth(await issuer.accessToken(ADMIN), { type: 'bearer' })
      .set('x-org-id', issuer.orgId('Acme Inc'))
      .send({ email: 'bob@example.com' })
      .expect(201, { sent: true });
    expect((await api.fetchPendingInvites()).invites).toMatchObject([
      { inviteeEmail: 'bob@example.com', roleInOrg: 'Member' },
    ]);
  });

  it('checks API keys and step-up grants with the fake', async () => {
    const api = new FakePropelAuthApi({ issuer, users: [ADMIN] });
    const { url } = await start(api);
    const userId = issuer.userId(ADMIN);
    const { apiKeyToken } = await api.createApiKey({ userId });
    await request(url).get('/key').set('X-API-Key', apiKeyToken).expect(200, { userId });
    await request(url).get('/key').set('X-API-Key', 'unknown').expect(401);

    const withdraw = async (grant: string) =>
      request(url)
        .post('/withdrawals')
        .auth(await issuer.accessToken(ADMIN), { type: 'bearer' })
        .set('X-Step-Up-Grant', grant);
    const grant = api.grantStepUp({ userId, actionType: 'WITHDRAW' });
    expect((await withdraw('unknown')).status).toBe(403);
    expect((await withdraw(grant)).status).toBe(201);
    expect((await withdraw(grant)).status).toBe(403);
  });

  it('can simulate that PropelAuth is unreachable', async () => {
    const api = new FakePropelAuthApi({ issuer, users: [ADMIN] });
    const { url } = await start(api);
    jest.spyOn(api, 'validateApiKey').mockRejectedValue(new Error('An outage'));
    jest.spyOn(api, 'verifyStepUpGrant').mockRejectedValue(new Error('An outage'));
    await request(url).get('/key').set('X-API-Key', 'any').expect(503);
    await request(url)
      .post('/withdrawals')
      .auth(await issuer.accessToken(ADMIN), { type: 'bearer' })
      .set('X-Step-Up-Grant', 'any')
      .expect(503);
  });

  it('can simulate a rate limit', async () => {
    const api = new FakePropelAuthApi({ issuer });
    const { url } = await start(api);
    const limited = jest.spyOn(api, 'validateApiKey');
    limited.mockRejectedValueOnce(
      new PropelAuthApiError('rate_limited', 'validateApiKey', { retryAfterSeconds: 7 }),
    );
    await request(url).get('/key').set('X-API-Key', 'any').expect(429).expect('Retry-After', '7');
    // As PropelAuth says of all calls of a project, whichever key they are about.
    limited.mockRejectedValueOnce(new PropelAuthApiError('rate_limited', 'validateApiKey'));
    await request(url).get('/key').set('X-API-Key', 'another').expect(503);
    // Only a rate limit is about the key.
    limited.mockRejectedValueOnce(
      new PropelAuthApiError('unreachable', 'validateApiKey', { retryAfterSeconds: 7 }),
    );
    await request(url).get('/key').set('X-API-Key', 'third').expect(503);
  });

  it('rejects new tokens after rotateKey(), as an application with a fixed key does', async () => {
    const rotating = await TestIssuer.create();
    const { url } = await startApplication(
      { imports: [AppModule] },
      () => {},
      (builder) => overridePropelAuth(builder, { issuer: rotating }),
      { rawBody: true },
    );
    await rotating.rotateKey();
    await request(url)
      .get('/')
      .auth(await rotating.accessToken(ADMIN), { type: 'bearer' })
      .expect(401);
  });

  it('sends no request to PropelAuth', () => {
    expect(propelAuth.requests).toEqual([]);
  });

  it('rejects an API with another issuer', async () => {
    const api = new FakePropelAuthApi({ issuer: await TestIssuer.create() });
    expect(() => overridePropelAuth(Test.createTestingModule({}), { issuer, api })).toThrow(
      /has another issuer/,
    );
  });
});
