import type { ModuleMetadata } from '@nestjs/common';
import { PropelAuthModule, type PropelAuthApi } from 'nestjs-propelauth';
import { liveAccess } from 'nestjs-propelauth/live-access';
import { TestIssuer, type TestUser } from 'nestjs-propelauth/testing';
import supertest from 'supertest';
import { OpenStreams } from '../../lib/transports/open-streams.js';
import type { RunningApplication } from '../support/application.js';
import { registerCleanup } from '../support/clean-up.js';
import { apiOf, emulatorOf } from '../support/emulator.js';
import { stopClock } from '../support/fake-timers.js';
import type { PropelAuthOptions } from '../support/guarded-application.js';
import { ACME, ROLES, type KnownUser } from '../support/project.js';

export const issuer = await TestIssuer.create({ roles: ROLES });

/** Members of Acme, with ids as PropelAuth gives them: it is not asked about others. */
export const [alice, bob] = [memberOfAcme('alice'), memberOfAcme('bob')];

function memberOfAcme(name: string): KnownUser {
  const user = { email: `${name}@example.com`, orgs: [{ ...ACME, role: 'Admin' }] };
  return { ...user, userId: issuer.userId(user) };
}

export const NOW = Date.UTC(2026, 0, 1);

type Start = (metadata: ModuleMetadata) => Promise<RunningApplication>;

/** An application with live access that has run for an hour, and PropelAuth. */
export class LiveApplication {
  private constructor(
    readonly running: RunningApplication,
    readonly api: PropelAuthApi,
  ) {}

  static async start(
    start: Start,
    { imports = [], ...metadata }: ModuleMetadata,
    options: Partial<PropelAuthOptions> = {},
  ): Promise<LiveApplication> {
    stopClock(NOW - 3_600_000);
    const emulator = emulatorOf(issuer, [alice, bob]);
    const api = apiOf(emulator);
    const server = await emulator.listen();
    registerCleanup(() => server.close());
    const propelAuth = PropelAuthModule.forRoot({
      ...issuer.moduleOptions,
      apiUrl: server.url,
      webhooks: { secret: issuer.webhookSecret, path: '/webhooks' },
      plugins: [liveAccess()],
      ...options,
    });
    const running = await start({ imports: [propelAuth, ...imports], ...metadata });
    jest.setSystemTime(NOW);
    return new LiveApplication(running, api);
  }

  get url(): string {
    return this.running.url;
  }

  get streams(): OpenStreams {
    return this.running.app.get(OpenStreams);
  }

  /** Sends an event as PropelAuth does. */
  async send(event_type: string, fields: object = { user_id: alice.userId }): Promise<void> {
    const { headers, body } = issuer.webhook({ event_type, ...fields });
    await supertest(this.url).post('/webhooks').set(headers).send(body).expect(204);
  }
}

/** The headers of a user with a new token each time. */
export function headersOf(user: TestUser): () => Promise<Record<string, string>> {
  return async () => ({ authorization: await issuer.authorization(user) });
}

/** Records timers from here on. */
export function watchTimers() {
  const timeouts = jest.spyOn(globalThis, 'setTimeout');
  const withDelay = (delay: number) => timeouts.mock.calls.filter((call) => call[1] === delay);
  return {
    count: (delay: number) => withDelay(delay).length,
    /** Has the time come of those that were started for so many milliseconds. */
    run: (delay: number) => {
      jest.setSystemTime(Date.now() + delay);
      for (const [callback] of withDelay(delay)) callback();
    },
  };
}
