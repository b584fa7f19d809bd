import type { INestApplication, ModuleMetadata } from '@nestjs/common';
import { WsAdapter } from '@nestjs/platform-ws';
import { overridePropelAuth, type TestEmulator } from 'nestjs-propelauth/testing';
import { startApplication, type RunningApplication } from '../support/application.js';
import { Post, User } from '../support/federation-entities.js';
import { graphqlModule, subgraphModule } from '../support/graphql.js';
import { mcpNest } from '../support/mcp-nest.js';
import { connectLate, type MessageClient } from '../support/microservice.js';
import { propelAuthModule, type ApplicationOptions } from './application-options.js';
import { FEWER_CREDENTIALS } from './credentials.js';
import {
  FURTHER_CONTROLLERS,
  FURTHER_RESOLVERS,
  furtherTransports,
  SHARING_GATEWAYS,
  sharedMessageTransport,
} from './further-calls.js';
import { RULES_BY_DEFAULT } from './further-rules.js';
import { graphqlTransports, RESOLVERS } from './graphql-calls.js';
import {
  EXEMPT_QUERIES,
  FIELD_RESOLVERS,
  fieldTransport,
  REQUESTS,
  REQUESTS_BY_DEFAULT,
} from './graphql-fields.js';
import {
  AskingFilter,
  CONTROLLERS_BY_DEFAULT,
  EXEMPT_CONTROLLERS,
  HTTP_CONTROLLERS,
  httpTransport,
} from './http-calls.js';
import { mcpTransport, TOOL_CLASSES } from './mcp-calls.js';
import { MESSAGE_CONTROLLERS, messageTransport, tokenFromData } from './message-calls.js';
import { startPropelAuth } from './people.js';
import { WITHOUT_RULE } from './rules.js';
import {
  EXEMPT_GATEWAYS,
  GATEWAYS,
  NATIVE_GATEWAYS,
  nativeTransport,
  socketIoTransport,
} from './socket-calls.js';
import { Accounts, OWN_RULES, ServiceTokens } from './services.js';
import { StreamsController, StreamsResolver } from './stream-handlers.js';
import type { Transport } from './transport.js';
import { AskingInterceptor, Onlooker, Witness } from './witness.js';

/** An application of the table, its PropelAuth, and how to reach its handlers. */
export interface TableApplication {
  readonly running: RunningApplication;
  readonly propelAuth: TestEmulator;
  readonly witness: Witness;
  readonly transports: readonly Transport[];
}

/** Routes, GraphQL and MCP tools, over one HTTP adapter. */
export async function startWebApplication(
  adapter: 'express' | 'fastify',
): Promise<TableApplication> {
  const { endpoints, connect } = mcpNest();
  const application = await withAdapter(adapter, () =>
    start(
      {
        imports: [graphqlModule()],
        controllers: [...HTTP_CONTROLLERS, StreamsController, ...TOOL_CLASSES, ...endpoints],
        providers: [...RESOLVERS, StreamsResolver],
      },
      {},
      connect,
    ),
  );
  const { running } = application;
  const transports = [
    httpTransport(running.url),
    ...graphqlTransports(running),
    mcpTransport(running.url),
  ];
  return { ...application, transports };
}

/** A gateway of socket.io. */
export async function startSocketIoApplication(): Promise<TableApplication> {
  const application = await start({ providers: GATEWAYS }, {}, () => {});
  return { ...application, transports: [socketIoTransport(application.running)] };
}

/** A microservice. */
export async function startMicroserviceApplication(): Promise<TableApplication> {
  let client!: MessageClient;
  const application = await start(
    { controllers: MESSAGE_CONTROLLERS },
    { tokenSource: tokenFromData },
    async (app) => void (client = await connectLate(app)),
  );
  return { ...application, transports: [messageTransport(client)] };
}

/** An own kind of callers, accounts, a subgraph, and classes that are wrapped and inherited, over one HTTP adapter. */
export async function startFurtherApplication(
  adapter: 'express' | 'fastify',
): Promise<TableApplication> {
  const application = await withAdapter(adapter, () =>
    start(
      {
        imports: [subgraph()],
        controllers: [...FURTHER_CONTROLLERS],
        providers: [ServiceTokens, ...FIELD_RESOLVERS, ...FURTHER_RESOLVERS, ...SHARING_GATEWAYS],
      },
      { callerKinds: [ServiceTokens] },
      () => {},
    ),
  );
  const { running } = application;
  const transports = [
    ...furtherTransports(running),
    fieldTransport(running.url, 'GraphQL fields and references', REQUESTS),
    sharedMessageTransport(running),
  ];
  return { ...application, transports };
}

const subgraph = () =>
  subgraphModule({
    autoSchemaFile: { federation: 2 },
    buildSchemaOptions: { orphanedTypes: [Post, User] },
  });

/** A gateway of `ws`, and routes and GraphQL under `requireUserByDefault`. */
export async function startNativeApplication(): Promise<TableApplication> {
  const application = await start(
    {
      controllers: CONTROLLERS_BY_DEFAULT,
      imports: [subgraph()],
      providers: [...NATIVE_GATEWAYS, ...FIELD_RESOLVERS],
    },
    {
      requireUserByDefault: true,
      except: [...EXEMPT_CONTROLLERS, ...EXEMPT_QUERIES, ...EXEMPT_GATEWAYS],
    },
    (app) => app.useWebSocketAdapter(new WsAdapter(app)),
  );
  const { running } = application;
  const transports = [
    nativeTransport(running),
    httpTransport(running.url, 'HTTP by default', [WITHOUT_RULE]),
    httpTransport(
      running.url,
      'HTTP by default, other handlers',
      RULES_BY_DEFAULT,
      FEWER_CREDENTIALS,
    ),
    fieldTransport(running.url, 'GraphQL fields and references by default', REQUESTS_BY_DEFAULT),
  ];
  return { ...application, transports };
}

async function start(
  { imports = [], providers = [], ...metadata }: ModuleMetadata,
  options: Omit<ApplicationOptions, 'onDecision'>,
  prepare: (app: INestApplication) => unknown,
): Promise<Omit<TableApplication, 'transports'>> {
  const propelAuth = startPropelAuth();
  const witness = new Witness();
  const running = await startApplication(
    {
      imports: [propelAuthModule({ ...options, onDecision: witness.onDecision }), ...imports],
      providers: [
        { provide: Witness, useValue: witness },
        AskingInterceptor,
        AskingFilter,
        Onlooker,
        ...OWN_RULES,
        Accounts,
        ...providers,
      ],
      ...metadata,
    },
    prepare,
    (builder) => overridePropelAuth(builder, { emulator: propelAuth }),
  );
  return { running, propelAuth, witness };
}

/** Suites read the adapter from a global. This one needs both. */
async function withAdapter<Result>(
  adapter: 'express' | 'fastify',
  use: () => Promise<Result>,
): Promise<Result> {
  const { HTTP_ADAPTER: before } = globalThis;
  globalThis.HTTP_ADAPTER = adapter;
  try {
    return await use();
  } finally {
    globalThis.HTTP_ADAPTER = before;
  }
}
