import { json } from 'node:stream/consumers';
import { Controller, Get, Sse } from '@nestjs/common';
import {
  OnPropelAuthEvent,
  PropelAuthHealthIndicator,
  PropelAuthModule,
  RequireOrgMember,
  RequireOrgRole,
  RequireUser,
  type PropelAuthApi,
  type PropelAuthHealth,
} from 'nestjs-propelauth';
import { NEVER, startWith } from 'rxjs';
import { liveAccess, type AccessChanges } from 'nestjs-propelauth/live-access';
import { TestIssuer, type TestUser } from 'nestjs-propelauth/testing';
import { startApplication, type RunningApplication } from '../support/application.js';
import { registerCleanup } from '../support/clean-up.js';
import { apiOf, emulatorOf } from '../support/emulator.js';
import { EventStreamClient } from '../support/event-stream-client.js';
import { stopClock } from '../support/fake-timers.js';
import { ACME, ACME_ID, GLOBEX, ROLES } from '../support/project.js';
import { PropelAuthServer, type Answer } from '../support/propelauth-server.js';
import { RecordingLogger } from '../support/recording-logger.js';

export const issuer = await TestIssuer.create({ roles: ROLES });

export const alice: TestUser = {
  email: 'alice@example.com',
  orgs: [
    { ...ACME, role: 'Admin' },
    { ...GLOBEX, role: 'Member' },
  ],
};
export const bob: TestUser = { email: 'bob@example.com' };
export const zoe: TestUser = { email: 'zoë@example.com' };

export const NOW = Date.UTC(2026, 0, 1);
export const HOUR = 3_600_000;

@Controller()
class AccessController {
  @Get('me')
  @RequireUser()
  me() {
    return {};
  }

  @Get('orgs/:orgId')
  @RequireOrgMember()
  org() {
    return {};
  }

  @Get('orgs/:orgId/admin')
  @RequireOrgRole('Admin')
  admin() {
    return {};
  }

  @Sse('orgs/:orgId/events')
  @RequireOrgMember()
  events() {
    return NEVER.pipe(startWith({ data: 'opened' }));
  }
}

/** What handlers of the instances were called for. */
export const handled: string[] = [];

class Handlers {
  @OnPropelAuthEvent()
  handle(event: { event_type: string }) {
    handled.push(event.event_type);
  }
}

/** Answers what another server answers. */
export function relayTo(url: string): Answer {
  return (request, response) => {
    void json(request)
      .catch(() => undefined)
      .then(async (body) => {
        const answer = await fetch(url + request.url, {
          method: request.method!,
          headers: { authorization: request.headers.authorization! },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
        response.writeHead(answer.status, { 'content-type': 'application/json' });
        response.end(await answer.text());
      });
  };
}

/** PropelAuth, which can be out of reach. */
export class TestPropelAuth {
  private constructor(
    readonly api: PropelAuthApi,
    readonly server: PropelAuthServer,
    private readonly apiUrl: string,
  ) {}

  static async start(): Promise<TestPropelAuth> {
    const emulator = emulatorOf(issuer, [alice, bob, zoe]);
    const api = apiOf(emulator);
    const server = await emulator.listen();
    registerCleanup(() => server.close());
    const propelAuth = new TestPropelAuth(api, await PropelAuthServer.start(), server.url);
    propelAuth.comeBack();
    return propelAuth;
  }

  /** How often it was asked. */
  get questions(): number {
    return this.server.requests.length;
  }

  goAway(): void {
    this.server.answers({ status: 502 });
  }

  comeBack(): void {
    this.server.answers(relayTo(this.apiUrl));
  }
}

/** An instance of the service. */
export class Instance {
  private constructor(
    private readonly application: RunningApplication,
    readonly logger: RecordingLogger,
  ) {}

  static async start(changes?: AccessChanges, options: object = {}): Promise<Instance> {
    const logger = new RecordingLogger();
    const application = await startApplication(
      {
        imports: [
          PropelAuthModule.forRoot({
            ...issuer.moduleOptions,
            webhooks: { secret: issuer.webhookSecret, path: '/webhooks' },
            plugins: [liveAccess({ changes })],
            debugMode: true,
            ...options,
          }),
        ],
        controllers: [AccessController],
        providers: [Handlers],
      },
      (app) => app.useLogger(logger),
    );
    return new Instance(application, logger);
  }

  close(): Promise<void> {
    return this.application.close();
  }

  get health(): PropelAuthHealth {
    return this.application.app.get(PropelAuthHealthIndicator).check().propelauth;
  }

  /** Sends an event as PropelAuth does. @returns the status */
  async send(
    event_type: string,
    user: TestUser,
    { org_id, messageId }: { org_id?: string; messageId?: string } = {},
  ): Promise<number> {
    const event = { event_type, user_id: issuer.userId(user), org_id };
    const { headers, body } = issuer.webhook(event, messageId ? { messageId } : {});
    return (await fetch(`${this.application.url}/webhooks`, { method: 'POST', headers, body }))
      .status;
  }

  /** @returns the status */
  async call(path: string, token: string): Promise<number> {
    const headers = { authorization: `Bearer ${token}` };
    return (await fetch(this.application.url + path, { headers })).status;
  }

  /** @returns the status, and the reason of a rejection: `403 not_a_member` */
  async answer(path: string, token: string): Promise<string> {
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(this.application.url + path, { headers });
    const { reason } = (await response.json()) as { reason?: string };
    return [response.status, reason].join(' ').trim();
  }

  openStream(path: string, token: string): Promise<EventStreamClient> {
    const headers = { authorization: `Bearer ${token}` };
    return EventStreamClient.open(this.application.url + path, () => Promise.resolve(headers));
  }
}

/** Two instances that have run for an hour, and tokens that are newer. */
export async function startInstances(openChanges: () => AccessChanges) {
  stopClock(NOW - HOUR);
  const one = await Instance.start(openChanges());
  const other = await Instance.start(openChanges());
  jest.setSystemTime(NOW);
  const aliceToken = await issuer.accessToken(alice);
  return { one, other, aliceToken, bobToken: await issuer.accessToken(bob) };
}

export { ACME_ID };

// Taken before any test fakes them.
const now = performance.now.bind(performance);
const { setTimeout: startTimer } = globalThis;

/** Waits until something holds, by asking every 20 ms. What has not come about after 20 s will not. */
export async function eventually(holds: () => Promise<boolean> | boolean): Promise<void> {
  const start = now();
  while (!(await holds())) {
    if (now() - start > 20_000) throw new Error(`Waited in vain: ${String(holds)}`);
    await new Promise((resolve) => startTimer(resolve, 20));
  }
}
