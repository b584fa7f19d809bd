import {
  Controller,
  type INestApplication,
  type ModuleMetadata,
  type NestHybridApplicationOptions,
  type Type,
} from '@nestjs/common';
import {
  McpHttpControllerFor,
  McpStrategy,
  StreamableHttpTransport,
  type McpServerOptions,
  type StreamableHttpTransportOptions,
} from '@rekog/mcp-nest';
import { PropelAuthModule } from 'nestjs-propelauth';
import { mcpServer, RequireMcpToken, type McpOptions } from 'nestjs-propelauth/mcp';
import { startApplication, type RunningApplication } from './application.js';
import type { PropelAuthOptions } from './guarded-application.js';
import { McpPropelAuth } from './mcp.js';
import { mcp as MCP } from './mcp-options.js';
import type { KnownUser } from './project.js';

export interface McpServerOfTest extends RunningApplication {
  readonly propelAuth: McpPropelAuth;
  /** A token of a user, without scopes unless they are named. */
  token(user: KnownUser, scopes?: string[], claims?: Record<string, unknown>): string;
  readonly strategy: McpStrategy;
  /** Sends a message of JSON-RPC, as clients of before 2026-07-28 do. */
  send(message: unknown, options?: SendOptions): Promise<McpAnswer>;
}

interface SendOptions {
  readonly token?: string;
  readonly headers?: Record<string, string>;
  readonly method?: string;
  readonly path?: string;
}

export interface McpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly challenge: string | null;
  /** The body, or the data of the event in it. */
  readonly body: JsonRpcAnswer;
}

export interface JsonRpcAnswer {
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly code: number; readonly message: string };
  readonly [property: string]: unknown;
}

export interface McpSetup {
  /** The decorators of the endpoint controller, by default `@RequireMcpToken()`; `null` for no controller, so that the transport serves itself. */
  readonly endpoint?: ClassDecorator[] | null;
  readonly metadata?: ModuleMetadata;
  /** The options of mcpServer(); `null` leaves the plugin out. */
  readonly mcp?: McpOptions | null;
  /** Options of the module. Its plugins are added to mcpServer(). */
  readonly options?: Partial<PropelAuthOptions>;
  readonly server?: Partial<McpServerOptions>;
  readonly transport?: StreamableHttpTransportOptions;
  /** How the microservice is connected. */
  readonly connection?: NestHybridApplicationOptions;
  readonly prepare?: (app: INestApplication) => void;
  readonly bodyParser?: boolean;
}

/** A server of `@rekog/mcp-nest`, for an application at `/mcp`. */
export function mcpNest({
  endpoint = [RequireMcpToken()],
  server,
  transport,
  connection,
}: McpSetup = {}) {
  const http = new StreamableHttpTransport(transport);
  const strategy = new McpStrategy({
    name: 'tests',
    version: '1.0.0',
    logging: false,
    transports: [http],
    ...server,
  });
  const connect = async (app: INestApplication): Promise<void> => {
    strategy.setHttpAdapter(app.getHttpAdapter());
    app.connectMicroservice({ strategy }, connection);
    await app.startAllMicroservices();
  };
  return { strategy, endpoints: endpoint === null ? [] : [endpointOf(http, endpoint)], connect };
}

/** Starts an application with tools, resources and prompts of `@rekog/mcp-nest`, at `/mcp`. */
export async function startMcpServer(
  parts: Type[],
  setup: McpSetup = {},
): Promise<McpServerOfTest> {
  const { metadata = {}, mcp = MCP, options = {}, prepare, bodyParser = true } = setup;
  const propelAuth = await McpPropelAuth.start();
  const { strategy, endpoints, connect } = mcpNest(setup);
  const { controllers = [], imports = [], ...rest } = metadata;
  const plugins = [...(mcp === null ? [] : [mcpServer(mcp)]), ...(options.plugins ?? [])];
  const propelAuthModule = PropelAuthModule.forRoot({
    ...propelAuth.moduleOptions,
    ...options,
    plugins,
  });
  const running = await startApplication(
    {
      imports: [propelAuthModule, ...imports],
      controllers: [...parts, ...endpoints, ...controllers],
      ...rest,
    },
    async (app) => {
      prepare?.(app);
      await connect(app);
    },
    undefined,
    { bodyParser },
  );
  return {
    ...running,
    propelAuth,
    strategy,
    token: (user, scopes = [], claims = {}) => propelAuth.token(user, scopes, claims),
    send: (message, { path = '/mcp', ...sendOptions } = {}) =>
      send(running.url + path, message, sendOptions),
  };
}

function endpointOf(transport: StreamableHttpTransport, decorators: ClassDecorator[]): Type {
  class McpEndpoint extends McpHttpControllerFor(transport) {}
  for (const decorate of [...decorators, Controller('mcp')]) decorate(McpEndpoint);
  return McpEndpoint;
}

async function send(
  url: string,
  message: unknown,
  { token, headers, method = 'POST' }: SendOptions = {},
): Promise<McpAnswer> {
  const response = await fetch(url, {
    method,
    headers: {
      accept: 'application/json, text/event-stream',
      ...(method === 'POST' && { 'content-type': 'application/json' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(method === 'POST' && {
      body: typeof message === 'string' ? message : JSON.stringify(message),
    }),
  });
  const text = await response.text();
  const data = /^data: (.*)$/m.exec(text)?.[1] ?? text;
  return {
    status: response.status,
    headers: response.headers,
    challenge: response.headers.get('www-authenticate'),
    body: (data === '' ? {} : JSON.parse(data)) as JsonRpcAnswer,
  };
}

/** A message of JSON-RPC. */
export function rpc(method: string, params: Record<string, unknown> = {}): object {
  return { jsonrpc: '2.0', id: 1, method, params };
}

export const callOf = (name: string, args: object = {}) =>
  rpc('tools/call', { name, arguments: args });
export const listOf = (what: string) => rpc(`${what}/list`);

/** The text of the result of a tool. */
export function textOf({ result }: JsonRpcAnswer): string {
  const [content] = (result?.['content'] ?? []) as { text: string }[];
  return content?.text ?? '';
}

/** The names of listed tools. */
export function toolsIn({ result }: JsonRpcAnswer): string[] {
  return ((result?.['tools'] ?? []) as { name: string }[]).map(({ name }) => name);
}
