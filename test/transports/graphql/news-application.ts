import type { ModuleMetadata } from '@nestjs/common';
import { PropelAuthApi, PropelAuthModule } from 'nestjs-propelauth';
import { liveAccess } from 'nestjs-propelauth/live-access';
import { overridePropelAuth, type TestUser } from 'nestjs-propelauth/testing';
import { createClient, type Client } from 'graphql-ws';
import supertest from 'supertest';
import { WebSocket } from 'ws';
import { OpenStreams } from '../../../lib/transports/open-streams.js';
import { startApplication, type RunningApplication } from '../../support/application.js';
import { registerCleanup } from '../../support/clean-up.js';
import { emulatorOf } from '../../support/emulator.js';
import { until } from '../../support/fake-timers.js';
import { graphqlModule, type GraphqlError } from '../../support/graphql.js';
import { issuer, type PropelAuthOptions } from '../../support/guarded-application.js';
import { countOf } from '../../support/open-streams.js';
import { ACME, GLOBEX } from '../../support/project.js';
import { LateOrgSource, NewsDesk, NewsResolver } from './news.resolver.js';

export const alice: TestUser = {
  email: 'alice@example.com',
  orgs: [
    { ...ACME, role: 'Admin' },
    { ...GLOBEX, role: 'Member' },
  ],
};
export const bob: TestUser = { email: 'bob@example.com', orgs: [{ ...GLOBEX, role: 'Member' }] };
export const aliceId = issuer.userId(alice);

/** A token as the front end of a user has it now. */
export const tokenOf =
  (user: TestUser, options?: Parameters<typeof issuer.authorization>[1]) => async () => ({
    Authorization: await issuer.authorization(user, options),
  });

/** An application with subscriptions to news, and PropelAuth. */
export class NewsApplication {
  readonly desk: NewsDesk;

  private constructor(
    readonly running: RunningApplication,
    readonly api: PropelAuthApi,
  ) {
    this.desk = running.app.get(NewsDesk);
  }

  static async start(
    options: Partial<PropelAuthOptions> = {},
    { imports = [graphqlModule({ passesWebSocket: true })], providers = [] }: ModuleMetadata = {},
  ): Promise<NewsApplication> {
    const emulator = emulatorOf(issuer, [alice, bob]);
    const propelAuth = PropelAuthModule.forRoot({
      ...issuer.moduleOptions,
      webhooks: { secret: issuer.webhookSecret, path: '/webhooks' },
      plugins: [liveAccess()],
      debugMode: true,
      ...options,
    });
    const running = await startApplication(
      {
        imports: [propelAuth, ...imports],
        providers: [NewsDesk, LateOrgSource, NewsResolver, ...providers],
      },
      undefined,
      (builder) => overridePropelAuth(builder, { emulator }),
    );
    return new NewsApplication(running, running.app.get(PropelAuthApi));
  }

  /** How many streams would be ended. */
  get openStreams(): number {
    return countOf(this.running.app.get(OpenStreams));
  }

  /** Sends an event as PropelAuth does. */
  async send(event_type: string, fields: object = { user_id: aliceId }): Promise<void> {
    const { headers, body } = issuer.webhook({ event_type, ...fields });
    await supertest(this.running.url).post('/webhooks').set(headers).send(body).expect(204);
  }

  /** Keeps the next subscription of some fields from beginning. `wait` is over when there is one. */
  pause(): { wait: Promise<void>; release: () => void } {
    let release: (() => void) | undefined;
    const wait = new Promise<void>((reached) => {
      this.desk.ready = () => {
        reached();
        this.desk.ready = () => Promise.resolve();
        return new Promise((resolve) => (release = resolve));
      };
    });
    return { wait, release: () => release?.() };
  }

  /** Opens a subscription, and waits until it has begun. */
  async subscribe(client: NewsClient, field = 'news { title }'): Promise<Subscription> {
    const { listeners } = this.desk;
    const subscription = client.subscribe(`subscription { ${field} }`);
    await until(() => this.desk.listeners > listeners || subscription.isOver);
    return subscription;
  }
}

/** What came of a subscription. */
export class Subscription {
  readonly data: unknown[] = [];
  errors: GraphqlError[] = [];
  isCompleted = false;
  /** Ends it, as a client does that wants no more. */
  stop = () => {};

  get isOver(): boolean {
    return this.isCompleted || this.errors.length > 0;
  }
}

/** A front end with the client of graphql-ws, which connects again by itself. */
export class NewsClient {
  readonly closeCodes: number[] = [];
  /** How often it has connected. */
  connections = 0;
  private readonly client: Client;

  constructor(
    { running: { url } }: NewsApplication,
    connectionParams: () => Promise<Record<string, unknown>>,
    headers: Record<string, string> = {},
  ) {
    this.client = createClient({
      url: `${url.replace('http', 'ws')}/graphql`,
      connectionParams,
      retryWait: async () => {},
      webSocketImpl: class extends WebSocket {
        constructor(address: string, protocols: string[]) {
          super(address, protocols, { headers });
        }
      },
      on: {
        connected: () => void this.connections++,
        closed: (event) => void this.closeCodes.push((event as { code: number }).code),
      },
    });
    registerCleanup(() => this.client.dispose());
  }

  async dispose(): Promise<void> {
    await this.client.dispose();
  }

  subscribe(query: string): Subscription {
    const subscription = new Subscription();
    subscription.stop = this.client.subscribe(
      { query },
      {
        next: (result) => {
          subscription.data.push(result.data);
          subscription.errors.push(...((result.errors ?? []) as unknown as GraphqlError[]));
        },
        error: (errors) => void (subscription.errors = errors as GraphqlError[]),
        complete: () => void (subscription.isCompleted = true),
      },
    );
    return subscription;
  }
}
