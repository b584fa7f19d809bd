import { Controller, Get, Injectable, Module, type DynamicModule } from '@nestjs/common';
import { PropelAuthApi, PropelAuthModule, RequireUser } from 'nestjs-propelauth';
import {
  liveAccess,
  type AccessChanges,
  type LiveAccessOptions,
  type PropelAuthPlugin,
} from 'nestjs-propelauth/live-access';
import { overridePropelAuth } from 'nestjs-propelauth/testing';
import { Hooks } from '../../lib/plugins/hooks.js';
import { failureOf, startApplication } from '../support/application.js';
import { emulatorOf } from '../support/emulator.js';
import { stopClock } from '../support/fake-timers.js';
import { issuer, request } from '../support/guarded-application.js';
import { alice, headersOf } from '../support/project.js';

const NOW = Date.UTC(2026, 0, 1);
const MINUTE = 60_000;

@Controller()
class AccessController {
  @Get('me')
  @RequireUser()
  me() {}
}

/** A log of changes that nobody else writes to. */
class RecordedChanges implements AccessChanges {
  readonly published: string[] = [];
  isFollowed = false;

  async publish(entry: string): Promise<void> {
    this.published.push(entry);
  }

  follow({ onGap }: Parameters<AccessChanges['follow']>[0]) {
    this.isFollowed = true;
    onGap();
    return { close: () => void (this.isFollowed = false) };
  }
}

let changes: RecordedChanges;
beforeEach(() => void (changes = new RecordedChanges()));

/** A provider of the application that the options depend on. */
@Injectable()
class Configuration {
  get liveAccess(): LiveAccessOptions {
    return { changes };
  }
}

@Module({ providers: [Configuration], exports: [Configuration] })
class ConfigurationModule {}

const options = {
  ...issuer.moduleOptions,
  webhooks: { secret: issuer.webhookSecret, path: '/webhooks' },
};

type Setup = (plugins: readonly PropelAuthPlugin[], changed?: object) => DynamicModule;

const SETUPS: [string, Setup][] = [
  [
    'forRoot()',
    (plugins, changed) => PropelAuthModule.forRoot({ ...options, ...changed, plugins }),
  ],
  [
    'forRootAsync()',
    (plugins, changed) =>
      PropelAuthModule.forRootAsync({
        useFactory: async () => ({ ...options, ...changed }),
        plugins,
      }),
  ],
];

/** An application that has run for an hour, and a token of a user who is then disabled, with the event. */
async function startAndDisable(module: DynamicModule) {
  stopClock(NOW - 60 * MINUTE);
  const { app, url } = await startApplication(
    { imports: [module], controllers: [AccessController] },
    undefined,
    (builder) => overridePropelAuth(builder, { emulator: emulatorOf(issuer, [alice]) }),
  );
  jest.setSystemTime(NOW);
  const token = await headersOf(issuer, alice);
  const status = async () => (await request(url).get('/me').set(token)).status;
  expect(await status()).toBe(200);
  const user_id = issuer.userId(alice);
  await app.get(PropelAuthApi).disableUser(user_id);
  const { headers, body } = issuer.webhook({ event_type: 'user.disabled', user_id });
  await request(url).post('/webhooks').set(headers).send(body).expect(204);
  return { app, status };
}

describe.each(SETUPS)('liveAccess() in %s', (_name, setUp) => {
  it.each<[string, () => PropelAuthPlugin]>([
    ['without options', () => liveAccess()],
    ['with a factory', () => liveAccess({ useFactory: () => ({}) })],
  ])('applies changes, %s', async (_what, plugin) => {
    const { status } = await startAndDisable(setUp([plugin()]));
    expect(await status()).toBe(401);
  });

  it.each<[string, () => PropelAuthPlugin]>([
    ['options', () => liveAccess({ changes })],
    [
      'an asynchronous factory that injects a provider',
      () =>
        liveAccess({
          imports: [ConfigurationModule],
          inject: [Configuration],
          useFactory: async (configuration: Configuration) => configuration.liveAccess,
        }),
    ],
  ])('shares changes over the log from %s, until the application closes', async (_what, plugin) => {
    const { app, status } = await startAndDisable(setUp([plugin()]));
    expect(await status()).toBe(401);
    expect(changes).toMatchObject({ isFollowed: true, published: [expect.any(String)] });
    await app.close();
    expect(changes.isFollowed).toBe(false);
  });

  it.each<[string, () => readonly PropelAuthPlugin[]]>([
    ['is not there', () => []],
    ['has a factory that returns false', () => [liveAccess({ useFactory: () => false })]],
    [
      'has an asynchronous factory that returns false',
      () => [
        liveAccess({
          imports: [ConfigurationModule],
          inject: [Configuration],
          useFactory: (_configuration: Configuration) => Promise.resolve<false>(false),
        }),
      ],
    ],
  ])('leaves a disabled user’s token valid until it expires if it %s', async (_what, plugins) => {
    const { app, status } = await startAndDisable(setUp(plugins()));
    expect(app.get(Hooks, { strict: false }).access).toBeUndefined();
    expect(changes.isFollowed).toBe(false);
    jest.setSystemTime(NOW + 29 * MINUTE);
    expect(await status()).toBe(200);
    // With the clock tolerance.
    jest.setSystemTime(NOW + 32 * MINUTE);
    expect(await status()).toBe(401);
  });

  it.each<[string, () => PropelAuthPlugin]>([
    ['options', () => liveAccess({ change: {} } as never)],
    ['options of a factory', () => liveAccess({ useFactory: () => ({ change: {} }) as never })],
  ])('fails startup for wrong %s', async (_what, plugin) => {
    const starting = startApplication({ imports: [setUp([plugin()])] });
    expect(await failureOf(starting)).toMatchObject({
      name: 'PropelAuthConfigurationError',
      message: expect.stringMatching(/^liveAccess\.change is not an option/),
    });
  });

  it('fails startup for a factory that returns nothing, which may be an oversight', async () => {
    const plugin = liveAccess({ useFactory: () => undefined as never });
    expect(await failureOf(startApplication({ imports: [setUp([plugin])] }))).toMatchObject({
      message: expect.stringMatching(/^liveAccess is not an object/),
    });
  });

  it('fails startup without the option webhooks, unless its factory returns false', async () => {
    const [missing, turnedOff] = [liveAccess(), liveAccess({ useFactory: () => false })].map(
      (plugin) =>
        failureOf(startApplication({ imports: [setUp([plugin], { webhooks: undefined })] })),
    );
    expect(await missing).toMatchObject({
      message:
        'liveAccess() needs the option webhooks, because PropelAuth reports changes by webhook. Set webhooks to { secret, path } or ' +
        "{ secret, receive: 'own' }, with the signing secret of the endpoint from your PropelAuth dashboard.",
    });
    expect(await turnedOff).toBeUndefined();
  });

  it('is no option of the module', async () => {
    const starting = startApplication({ imports: [setUp([], { liveAccess: true })] });
    expect(await failureOf(starting)).toMatchObject({
      message: expect.stringMatching(/^liveAccess is not an option of PropelAuthModule/),
    });
  });
});
