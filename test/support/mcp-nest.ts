import { Controller, type INestApplication, type ModuleMetadata, type Type } from '@nestjs/common';
import {
  McpHttpControllerFor,
  McpStrategy,
  StreamableHttpTransport,
  type McpServerOptions,
  type StreamableHttpTransportOptions,
} from '@rekog/mcp-nest';
import { PropelAuthModule } from 'nestjs-propelauth';
import { McpTokenAuthenticator } from '../../lib/callers/mcp-token/mcp-token-authenticator.js';
import { PresentUsers } from '../../lib/live-access/present-users.js';
import { Refusal } from '../../lib/refusals/refusal.js';
import type { McpToken } from '../../lib/types/mcp-token.interface.js';
import { startApplication, type RunningApplication } from './application.js';
import { issuer, type PropelAuthOptions } from './guarded-application.js';
import { INTROSPECTION, RESOURCE } from './mcp.js';
import type { KnownUser } from './project.js';

export const MCP_OPTIONS = {
  resource: RESOURCE,
  introspection: INTROSPECTION,
  scopes: ['read:reports', 'write:reports'],
};

/** In place of what asks PropelAuth about tokens and the users behind them. */
export class KnownTokens {
  /** The tokens that were asked about, and the users. */
  readonly asked: string[] = [];
  readonly askedUsers: string[] = [];
  private readonly tokens = new Map<string, McpToken>();
  private readonly users = new Map<string, KnownUser>();
  private readonly ofRequests = new WeakMap<
    object,
    Promise<{ token: McpToken; issuedAt: number }>
  >();

  token(user: KnownUser, scopes: string[] = [], claims: Partial<McpToken> = {}): string {
    const text = `mcp-token-${this.tokens.size}-that-must-never-be-seen`;
    const [org] = user.orgs ?? [];
    const orgId = org?.orgId;
    const expiresAt = Math.floor(Date.now() / 1000) + 5_400;
    const { userId } = user;
    const token = { userId, clientId: 'client', scopes, orgId, expiresAt, ...claims };
    this.tokens.set(text, token);
    this.users.set(userId, user);
    return text;
  }

  forgets({ userId }: KnownUser): void {
    this.users.delete(userId);
  }

  async authenticate(text: string) {
    this.asked.push(text);
    const token = this.tokens.get(text);
    if (token === undefined) throw new Refusal('mcp_token_invalid');
    return { token, issuedAt: token.expiresAt - 5_400 };
  }

  authenticateWithin(request: object, text: string) {
    const known = this.ofRequests.get(request) ?? this.authenticate(text);
    this.ofRequests.set(request, known);
    return known;
  }

  recall(): undefined {
    return undefined;
  }

  async userOf({ userId, orgId }: McpToken) {
    this.askedUsers.push(userId);
    const user = this.users.get(userId);
    if (user === undefined) throw new Refusal('token_revoked');
    return issuer.user({ ...user, orgs: user.orgs?.filter((org) => org.orgId === orgId) ?? [] });
  }

  mayHaveChanged(): boolean {
    return false;
  }
}

export interface McpServerOfTest extends RunningApplication {
  readonly tokens: KnownTokens;
  readonly strategy: McpStrategy;
  /** Sends a message of JSON-RPC, as clients of before 2026-07-28 do. */
  send(message: unknown, options?: SendOptions): Promise<McpAnswer>;
}

interface SendOptions {
  readonly token?: string;
  readonly headers?: Record<string, string>;
  readonly method?: string;
}

export interface McpAnswer {
  readonly status: number;
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
  /** The decorators of the controller in front; `null` for none, so that the transport serves itself. */
  readonly front?: ClassDecorator[] | null;
  readonly metadata?: ModuleMetadata;
  readonly options?: Partial<PropelAuthOptions>;
  readonly server?: Partial<McpServerOptions>;
  readonly transport?: StreamableHttpTransportOptions;
  readonly prepare?: (app: INestApplication) => void;
  readonly bodyParser?: boolean;
}

/** Starts an application with tools, resources and prompts of `@rekog/mcp-nest`, at `/mcp`. */
export async function startMcpServer(
  parts: Type[],
  { front = [], metadata = {}, options, server, transport, prepare, bodyParser }: McpSetup = {},
): Promise<McpServerOfTest> {
  const tokens = new KnownTokens();
  const http = new StreamableHttpTransport(transport);
  const strategy = new McpStrategy({
    name: 'tests',
    version: '1.0.0',
    logging: false,
    ...server,
    transports: [http],
  });
  const { controllers = [], imports = [], ...rest } = metadata;
  const running = await startApplication(
    {
      imports: [
        PropelAuthModule.forRoot({ ...issuer.moduleOptions, mcp: MCP_OPTIONS, ...options }),
        ...imports,
      ],
      controllers: [...parts, ...(front === null ? [] : [frontOf(http, front)]), ...controllers],
      ...rest,
    },
    (app) => {
      prepare?.(app);
      strategy.setHttpAdapter(app.getHttpAdapter());
      app.connectMicroservice({ strategy });
    },
    (builder) =>
      builder
        .overrideProvider(McpTokenAuthenticator)
        .useValue(tokens)
        .overrideProvider(PresentUsers)
        .useValue(tokens),
    { bodyParser: bodyParser ?? true },
  );
  await running.app.startAllMicroservices();
  return { ...running, tokens, strategy, send: (...args) => send(`${running.url}/mcp`, ...args) };
}

function frontOf(transport: StreamableHttpTransport, decorators: ClassDecorator[]): Type {
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
