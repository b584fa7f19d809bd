import { Controller, Get, Post, type LoggerService } from '@nestjs/common';
import {
  CurrentApiKey,
  CurrentUser,
  PropelAuthApi,
  PropelAuthConfigurationError,
  PropelAuthHealthIndicator,
  PropelAuthModule,
  RequireApiKey,
  RequireStepUpMfa,
  RequireUser,
  type ApiKeyValidation,
  type PropelAuthModuleOptions,
  type User,
} from 'nestjs-propelauth';
import type { RunningServer } from 'propelauth-emulator';
import { TestIssuer, type TestEmulator } from 'nestjs-propelauth/testing';
import request from 'supertest';
import { failureOf, startApplication, type RunningApplication } from '../../support/application.js';
import { registerCleanup } from '../../support/clean-up.js';
import { closedPort } from '../../support/closed-port.js';
import { apiOf, emulatorOf } from '../../support/emulator.js';
import { alice } from '../../support/project.js';
import { PropelAuthServer } from '../../support/propelauth-server.js';
import { RecordingLogger } from '../../support/recording-logger.js';

const WRONG_KEY = 'another-key-that-must-never-be-seen';

@Controller()
class AppController {
  @Get('me')
  @RequireUser()
  me(@CurrentUser('userId') userId: User['userId']) {
    return { userId };
  }

  @Get('export')
  @RequireApiKey()
  export(@CurrentApiKey() { user }: ApiKeyValidation) {
    return { userId: user?.userId };
  }

  @Post('withdrawals')
  @RequireStepUpMfa('WITHDRAW')
  withdraw() {}
}

let issuer: TestIssuer;
let emulator: TestEmulator;
let api: PropelAuthApi;
let server: RunningServer;

beforeEach(async () => {
  issuer = await TestIssuer.create();
  emulator = emulatorOf(issuer, [alice]);
  api = apiOf(emulator);
  server = await listen();
});

async function listen(port?: number): Promise<RunningServer> {
  const listening = await emulator.listen({ port });
  registerCleanup(() => listening.close());
  return listening;
}

/** Starts an application as production does: with addresses and a key, and nothing of the issuer. */
function start(
  options: Partial<PropelAuthModuleOptions> = {},
  logger: LoggerService | false = false,
): Promise<RunningApplication> {
  const { authUrl, apiKey } = issuer.moduleOptions;
  const propelAuth = PropelAuthModule.forRoot({ authUrl, apiKey, apiUrl: server.url, ...options });
  return startApplication(
    { imports: [propelAuth], controllers: [AppController] },
    undefined,
    undefined,
    { logger },
  );
}

async function getMe({ url }: RunningApplication, by = issuer) {
  return request(url)
    .get('/me')
    .auth(await by.accessToken(alice), { type: 'bearer' });
}

async function exportWith({ url }: RunningApplication, apiKey: string) {
  return request(url).get('/export').set('X-API-Key', apiKey);
}

async function withdraw({ url }: RunningApplication, grant: string) {
  return request(url)
    .post('/withdrawals')
    .auth(await issuer.accessToken(alice), { type: 'bearer' })
    .set('X-Step-Up-Grant', grant);
}

describe('With apiUrl', () => {
  it('the verification key is fetched from there', async () => {
    const application = await start();
    expect(await getMe(application)).toMatchObject({ status: 200, body: { userId: alice.userId } });
    expect((await getMe(application, await TestIssuer.create())).status).toBe(401);
  });

  it('API keys are validated there', async () => {
    const application = await start();
    const { apiKeyId, apiKeyToken } = await api.createApiKey({ userId: alice.userId });
    expect(await exportWith(application, apiKeyToken)).toMatchObject({
      status: 200,
      body: { userId: alice.userId },
    });
    expect((await exportWith(application, 'unknown')).status).toBe(401);
    await api.deleteApiKey(apiKeyId);
    expect((await exportWith(application, apiKeyToken)).status).toBe(401);
  });

  it('step-up grants are verified and used up there', async () => {
    const application = await start();
    const grant = emulator.grantStepUp({ userId: alice.userId, actionType: 'WITHDRAW' });
    expect((await withdraw(application, 'unknown')).status).toBe(403);
    expect((await withdraw(application, grant)).status).toBe(201);
    expect((await withdraw(application, grant)).status).toBe(403);
  });

  it('several applications accept tokens of one issuer, and notice its key rotation', async () => {
    const applications = [await start(), await start()];
    for (const application of applications) expect((await getMe(application)).status).toBe(200);
    await issuer.rotateKey();
    for (const application of applications) expect((await getMe(application)).status).toBe(200);
  });

  it('PropelAuthApi still calls its own, fixed address', async () => {
    const propelAuth = await PropelAuthServer.start();
    propelAuth.answers({ status: 404 });
    const { app } = await start();
    expect(await app.get(PropelAuthApi).fetchUserMetadataByEmail('alice@example.com')).toBeNull();
    expect(propelAuth.requests).toHaveLength(1);
  });
});

describe('With an authUrl on this machine', () => {
  beforeEach(async () => {
    const port = await closedPort();
    issuer = await TestIssuer.create({ authUrl: `http://127.0.0.1:${port}` });
    emulator = emulatorOf(issuer, [alice]);
    server = await listen(port);
  });

  const { NODE_ENV } = process.env;
  afterEach(() => {
    process.env.NODE_ENV = NODE_ENV;
  });

  it('requests of the guard and of PropelAuthApi go there', async () => {
    const application = await start({ apiUrl: undefined });
    expect(await getMe(application)).toMatchObject({ status: 200, body: { userId: alice.userId } });
    const propelAuth = application.app.get(PropelAuthApi);
    const found = await propelAuth.fetchUserMetadataByEmail(alice.email!);
    expect(found).toMatchObject({ userId: alice.userId });
  });

  it('requests of other code that are sent meanwhile do not', async () => {
    const elsewhere = await PropelAuthServer.start();
    elsewhere.answers({ status: 204 });
    const { app } = await start({ apiUrl: undefined });
    const [, { status }] = await Promise.all([
      app.get(PropelAuthApi).fetchUserMetadataByEmail(alice.email!),
      fetch('https://propelauth-api.com/other'),
    ]);
    expect(status).toBe(204);
    expect(elsewhere.requests.map(({ path }) => path)).toEqual(['/other']);
  });

  it('requests of the guard go to apiUrl, if it is set to another address', async () => {
    const other = await listen();
    await server.close();
    const application = await start({ apiUrl: other.url });
    expect((await getMe(application)).status).toBe(200);
  });

  it.each([undefined, 'https://propelauth-api.com'])(
    'startup fails with NODE_ENV=production and apiUrl: %s',
    async (apiUrl) => {
      process.env.NODE_ENV = 'production';
      const error = await failureOf(start({ apiUrl }));
      expect(error).toBeInstanceOf(PropelAuthConfigurationError);
      expect((error as Error).message).toBe(
        `authUrl ${server.url} is an address of this machine, with NODE_ENV=production. Set it to the Auth URL from the ` +
          'Backend Integration page, or set apiUrl to the same address to try a production build.',
      );
    },
  );

  it('startup passes with NODE_ENV=production if apiUrl names it', async () => {
    process.env.NODE_ENV = 'production';
    const { app } = await start({ apiUrl: server.url });
    const found = await app.get(PropelAuthApi).fetchUserMetadataByEmail(alice.email!);
    expect(found).toMatchObject({ userId: alice.userId });
  });
});

describe('A wrong apiUrl or apiKey', () => {
  it.each([
    ['apiKey', () => ({ apiKey: WRONG_KEY })],
    ['authUrl', () => ({ authUrl: 'https://other.example.com' })],
  ])('fails startup with a message that names %s and the address', async (option, wrong) => {
    const error = await failureOf(start(wrong()));
    expect(error).toBeInstanceOf(PropelAuthConfigurationError);
    const { message } = error as Error;
    expect(message).toMatch(new RegExp(`^apiUrl ${server.url} responded: .*${option}`));
    expect(message).not.toContain(WRONG_KEY);
  });

  it('is named in the log and the health check while the address is unreachable', async () => {
    const log = new RecordingLogger();
    const apiUrl = `http://127.0.0.1:${await closedPort()}`;
    const application = await start({ apiUrl }, log);
    const reason = `${apiUrl} cannot be reached (ECONNREFUSED)`;
    expect(log.of('warn').join()).toContain(reason);
    expect(application.app.get(PropelAuthHealthIndicator).check().propelauth).toMatchObject({
      status: 'down',
      reason: expect.stringContaining(reason) as unknown,
    });
  });
});

describe('When the server at apiUrl stops', () => {
  it('only calls that need a request to it get 503, until it is back', async () => {
    const application = await start();
    const { apiKeyToken } = await api.createApiKey({ userId: alice.userId });
    const grant = emulator.grantStepUp({ userId: alice.userId, actionType: 'WITHDRAW' });
    await server.close();
    expect((await getMe(application)).status).toBe(200);
    expect((await exportWith(application, apiKeyToken)).status).toBe(503);
    expect((await withdraw(application, grant)).status).toBe(503);
    await listen(Number(new URL(server.url).port));
    expect((await exportWith(application, apiKeyToken)).status).toBe(200);
    expect((await withdraw(application, grant)).status).toBe(201);
  });
});
