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

const MEMBERSHIPS = [
  { ...ACME, role: 'Admin' },
  { ...GLOBEX, role: 'Member' },
];

let users = 0;

/** An application with subscriptions to news, and PropelAuth. */
export class NewsApplication {
  running!: RunningApplication;
  private readonly emulator = emulatorOf(issuer);

  private constructor(
    private readonly options: Partial<PropelAuthOptions> = {},
    private readonly metadata: ModuleMetadata = {},
  ) {}

  /** One for all tests of a block, each of which begins without open streams. */
  static beforeTests(options?: Partial<PropelAuthOptions>, metadata?: ModuleMetadata) {
    const application = new NewsApplication(options, metadata);
    beforeAll(() => application.listen());
    beforeEach(async () => {
      const { desk } = application;
      desk.close();
      await until(() => application.openStreams === 0 && desk.listeners === 0);
    });
    return application;
  }

  static async start(options?: Partial<PropelAuthOptions>, metadata?: ModuleMetadata) {
    const application = new NewsApplication(options, metadata);
    await application.listen();
    return application;
  }

  private async listen(): Promise<void> {
    const { imports = [graphqlModule({ passesWebSocket: true })], providers = [] } = this.metadata;
    const propelAuth = PropelAuthModule.forRoot({
      ...issuer.moduleOptions,
      webhooks: { secret: issuer.webhookSecret, path: '/webhooks' },
      plugins: [liveAccess()],
      debugMode: true,
      ...this.options,
    });
    this.running = await startApplication(
      {
        imports: [propelAuth, ...imports],
        providers: [NewsDesk, LateOrgSource, NewsResolver, ...providers],
      },
      undefined,
      (builder) => overridePropelAuth(builder, { emulator: this.emulator }),
    );
  }

  get desk(): NewsDesk {
    return this.running.app.get(NewsDesk);
  }

  get api(): PropelAuthApi {
    return this.running.app.get(PropelAuthApi);
  }

  /** How many streams would be ended. */
  get openStreams(): number {
    return countOf(this.running.app.get(OpenStreams));
  }

  /** A new user, by default an Admin of Acme and a Member of Globex. Events about others do not concern them. */
  addUser(orgs: TestUser['orgs'] = MEMBERSHIPS): NewsUser {
    const user = { email: `user-${users++}@example.com`, orgs };
    this.emulator.addUser(user);
    return {
      userId: issuer.userId(user),
      token: async (options) => ({ Authorization: await issuer.authorization(user, options) }),
    };
  }

  /** A front end of a new user, which sends a token as it has it at the time; those with headers do not get another. */
  connect(user = this.addUser(), headers?: Record<string, string>): NewsClient {
    const parameters = headers === undefined ? user.token : async () => headers;
    return new NewsClient(this, user.userId, parameters, headers);
  }

  /** Sends an event as PropelAuth does. */
  async send(fields: object, event_type = 'user.role_changed_within_org'): Promise<void> {
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

/** A user with the tokens that they have now. */
export interface NewsUser {
  readonly userId: string;
  readonly token: (
    options?: Parameters<typeof issuer.authorization>[1],
  ) => Promise<Record<string, string>>;
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
    readonly userId: string,
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
