import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { TestOrgMembership, TestUser } from 'nestjs-propelauth/testing';
import { mcpServer } from 'nestjs-propelauth/mcp';
import { issuer, type PropelAuthOptions } from './guarded-application.js';
import { activeToken, inactiveToken } from './introspection.js';
import { INTROSPECTION, mcp, SCOPES } from './mcp-options.js';
import { userIn, type KnownUser } from './project.js';
import { UNKNOWN_KEY } from './backend.js';
import { PropelAuthServer, respond, type Answer } from './propelauth-server.js';

/** A user with these memberships, and with an id as PropelAuth gives it: it is asked about no other. */
export function mcpUser(name: string, ...orgs: TestOrgMembership[]): KnownUser {
  const user = userIn(name, ...orgs);
  return { ...user, userId: issuer.userId({ email: user.email }) };
}

/** What PropelAuth says of a token that is not active (RFC 7662, section 2.2). */
const INACTIVE: Answer = { status: 200, body: inactiveToken };

const INTROSPECT = '/oauth/2.1/introspect';
const USER = '/api/backend/v1/user/';
const USERS = '/api/backend/v1/user/user_ids';
const VALIDATE_API_KEY = '/api/backend/v1/end_user_api_keys/validate';

/**
 * PropelAuth for MCP servers, as a real HTTP server on this machine: it introspects the tokens that a test gives it, and knows the users
 * behind them.
 */
export class McpPropelAuth {
  /** In place of all answers about tokens, while it is there. */
  failure: Answer | undefined;
  /** The tokens that were asked about, in order. */
  readonly asked: string[] = [];
  /** The ids of the users who were asked about, in order. */
  readonly askedUsers: string[] = [];
  /** What is answered about an end-user API key; about all others that they are unknown. */
  readonly apiKeys = new Map<string, Answer>();
  /** The API keys that were asked about, in order. */
  readonly askedKeys: string[] = [];
  /** The headers of the questions about tokens. */
  readonly headers: IncomingMessage['headers'][] = [];
  private readonly tokens = new Map<string, Answer>();
  private readonly users = new Map<string, Record<string, unknown>>();
  private count = 0;

  private constructor(private readonly server: PropelAuthServer) {
    server.answers((request, response) => void this.handle(request, response));
  }

  static async start(): Promise<McpPropelAuth> {
    return new McpPropelAuth(await PropelAuthServer.start());
  }

  get url(): string {
    return this.server.url;
  }

  /** Options of the module with which it asks this server. */
  get moduleOptions(): PropelAuthOptions {
    return {
      ...issuer.moduleOptions,
      authUrl: this.url,
      apiUrl: this.url,
      plugins: [mcpServer(mcp)],
    };
  }

  /** A new token of a user for the resource, with scopes. `claims` replace what is said of it; `undefined` leaves it out. */
  token(
    user: KnownUser,
    scopes: readonly string[] = SCOPES,
    claims: Record<string, unknown> = {},
  ): string {
    const token = `mcp-token-${++this.count}-that-must-never-be-seen`;
    const now = Math.floor(Date.now() / 1000);
    const [org] = user.orgs ?? [];
    this.knows(user);
    this.answersAbout(token, {
      status: 200,
      body: activeToken({
        sub: user.userId,
        scope: scopes.join(' '),
        username: user.email,
        token_type: 'Bearer',
        iat: now,
        exp: now + 5_400,
        org_id: org?.orgId,
        org_role: org && 'Owner',
        ...claims,
      }),
    });
    return token;
  }

  /** What is answered about a token; about all others that they are not active. */
  answersAbout(token: string, answer: Answer): void {
    this.tokens.set(token, answer);
  }

  /** What PropelAuth knows of a user now, whatever their tokens say. */
  knows(user: TestUser, { enabled = true } = {}): void {
    const { user_id, email, org_id_to_org_member_info } = issuer.claimsOf(user);
    this.users.set(user_id as string, {
      user_id,
      email,
      email_confirmed: true,
      enabled,
      locked: false,
      org_id_to_org_info: org_id_to_org_member_info,
    });
  }

  /** Deletes a user. */
  forgets({ userId }: KnownUser): void {
    this.users.delete(userId);
  }

  /** Forgets what a test gave it and what it was asked. */
  reset(): void {
    this.failure = undefined;
    this.tokens.clear();
    this.users.clear();
    this.apiKeys.clear();
    for (const list of [this.asked, this.askedUsers, this.askedKeys, this.headers]) list.length = 0;
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const [path = ''] = request.url?.split('?') ?? [];
    respond(this.answerTo(request, path, body), request, response);
  }

  private answerTo(request: IncomingMessage, path: string, body: string): Answer {
    if (path === INTROSPECT && request.method === 'POST') return this.introspect(request, body);
    if (path === VALIDATE_API_KEY && request.method === 'POST') return this.validateApiKey(body);
    if (path === USERS && request.method === 'POST') return this.describeUsers(body);
    if (path.startsWith(USER)) return this.describeUser(path.slice(USER.length));
    return { status: 404 };
  }

  private introspect({ headers }: IncomingMessage, body: string): Answer {
    const token = new URLSearchParams(body).get('token') ?? '';
    this.asked.push(token);
    this.headers.push(headers);
    const { clientId, clientSecret } = INTROSPECTION;
    const credentials = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
    if (headers.authorization !== `Basic ${credentials}`) return { status: 401 };
    if (headers['content-type']?.startsWith('application/x-www-form-urlencoded') !== true) {
      return { status: 400 };
    }
    return this.failure ?? this.tokens.get(token) ?? INACTIVE;
  }

  private validateApiKey(body: string): Answer {
    const { api_key_token: key } = JSON.parse(body) as { api_key_token: string };
    this.askedKeys.push(key);
    return this.apiKeys.get(key) ?? UNKNOWN_KEY;
  }

  private describeUsers(body: string): Answer {
    const { user_ids: ids } = JSON.parse(body) as { user_ids: string[] };
    this.askedUsers.push(...ids);
    return { status: 200, body: ids.flatMap((id) => this.users.get(id) ?? []) };
  }

  private describeUser(id: string): Answer {
    this.askedUsers.push(id);
    const user = this.users.get(id);
    return user === undefined ? { status: 404 } : { status: 200, body: user };
  }
}
