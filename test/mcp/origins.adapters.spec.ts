import { Controller, Get, Post, type INestApplication } from '@nestjs/common';
import { PropelAuthModule, Public, RequireOrgMember } from 'nestjs-propelauth';
import { mcpServer, RequireMcpToken, RequireScope } from 'nestjs-propelauth/mcp';
import supertest from 'supertest';
import { startApplication } from '../support/application.js';
import { mcp, METADATA_URL } from '../support/mcp-options.js';
import { McpPropelAuth, mcpUser } from '../support/mcp.js';
import { sendRaw } from '../support/send-raw.js';

@Controller('mcp')
@RequireMcpToken()
class McpController {
  @Post()
  handle() {}

  @Post('scope')
  @RequireScope('read:reports')
  scope() {}

  @Post('member')
  @RequireOrgMember()
  member() {}

  @Get('public')
  @Public()
  public() {}
}

const INSPECTOR = 'https://inspector.example.com';
const ATTACKER = 'https://attacker.example.com';
const alice = mcpUser('alice');
const propelAuth = await McpPropelAuth.start();

function start(prepare?: (app: INestApplication) => void) {
  const plugins = [mcpServer({ ...mcp, allowedOrigins: [INSPECTOR, 'http://localhost:6274'] })];
  const options = { ...propelAuth.moduleOptions, plugins, debugMode: true };
  return startApplication(
    { imports: [PropelAuthModule.forRoot(options)], controllers: [McpController] },
    prepare,
  );
}

const application = await start();

beforeEach(() => propelAuth.reset());

function send(headers: Record<string, string>, token = propelAuth.token(alice)) {
  return supertest(application.url).post('/mcp').set(headers).auth(token, { type: 'bearer' });
}

/** A call in which headers come twice. */
function sendTwice(...lines: string[]) {
  const head = ['POST /mcp HTTP/1.1', 'Host: localhost', 'Content-Length: 0', ...lines];
  return sendRaw(application.url, `${head.join('\r\n')}\r\nConnection: close\r\n\r\n`);
}

describe('The Origin of a request of an MCP client', () => {
  it.each<[string, Record<string, string>]>([
    ['one of mcpServer.allowedOrigins', { origin: INSPECTOR }],
    ['another of them', { origin: 'http://localhost:6274' }],
    [
      'that of mcpServer.resource, which is the application’s own',
      { origin: 'https://api.example.com' },
    ],
    ['missing, as in all clients except browsers', {}],
  ])('can be %s', async (_what, headers) => {
    expect((await send(headers)).status).toBe(201);
  });

  it.each<[string, Record<string, string>]>([
    ['another', { origin: ATTACKER }],
    ['that of Host', { origin: ATTACKER, host: 'attacker.example.com' }],
    ['an opaque origin', { origin: 'null' }],
    ['an empty string', { origin: '' }],
    ['the same with another scheme', { origin: 'http://inspector.example.com' }],
    ['the same with another port', { origin: 'http://localhost:6275' }],
    ['the same with its default port', { origin: `${INSPECTOR}:443` }],
    ['the same in another case', { origin: INSPECTOR.toUpperCase() }],
    ['the same with a trailing slash', { origin: `${INSPECTOR}/` }],
    ['one with the same prefix', { origin: `${INSPECTOR}.attacker.example` }],
    ['one with the same suffix', { origin: 'https://attacker-inspector.example.com' }],
    ['a subdomain of it', { origin: 'https://evil.inspector.example.com' }],
    ['two in one', { origin: `${INSPECTOR}, ${INSPECTOR}` }],
    ['two with a space', { origin: `${INSPECTOR} ${ATTACKER}` }],
    ['a wildcard', { origin: '*' }],
  ])('must not be %s', async (_what, sent) => {
    const { body, headers } = await send(sent).expect(403);
    expect(body).toMatchObject({ statusCode: 403, reason: 'origin_not_allowed' });
    expect(headers).not.toHaveProperty('www-authenticate');
    expect(propelAuth.asked).toEqual([]);
  });

  it('must not be sent twice', async () => {
    const authorization = `Authorization: Bearer ${propelAuth.token(alice)}`;
    const origin = `Origin: ${INSPECTOR}`;
    const { status, text } = await sendTwice(authorization, origin, origin);
    expect(status).toBe(403);
    expect(text).toContain('origin_not_allowed');
  });

  it('is checked before the token, so that a page learns nothing about it', async () => {
    const call = supertest(application.url).post('/mcp').set('Origin', ATTACKER);
    expect((await call).status).toBe(403);
  });

  it('does not matter to other handlers', async () => {
    const call = supertest(application.url).get('/mcp/public').set('Origin', ATTACKER);
    expect((await call).status).toBe(200);
  });
});

describe('Two Authorization headers', () => {
  it('are rejected with a challenge, and neither is introspected', async () => {
    const tokens = [propelAuth.token(alice), propelAuth.token(alice)];
    const lines = tokens.map((token) => `Authorization: Bearer ${token}`);
    const { status, text } = await sendTwice(...lines);
    expect(status).toBe(401);
    expect(text).toContain('token_malformed');
    expect(text.toLowerCase()).toContain(
      `www-authenticate: bearer error="invalid_token", resource_metadata="${METADATA_URL}"`,
    );
    expect(propelAuth.asked).toEqual([]);
  });
});

const exposing =
  (...exposedHeaders: string[]) =>
  (app: INestApplication) =>
    app.enableCors({ exposedHeaders });

describe('Web pages', () => {
  it.each<[string, (app: INestApplication) => void, string, string[] | null, string | undefined]>([
    ['without CORS', () => {}, '/mcp', null, 'WWW-Authenticate'],
    ['for a scope', () => {}, '/mcp/scope', [], 'WWW-Authenticate'],
    ['under enableCors()', (app) => app.enableCors(), '/mcp', null, 'WWW-Authenticate'],
    [
      'next to one header of the application',
      exposing('X-Total'),
      '/mcp',
      null,
      'X-Total, WWW-Authenticate',
    ],
    [
      'next to several',
      exposing('X-Total', 'Mcp-Session-Id'),
      '/mcp',
      null,
      'X-Total, Mcp-Session-Id, WWW-Authenticate',
    ],
    [
      'once, if the application exposes it itself',
      exposing('www-authenticate', 'X-Total'),
      '/mcp',
      null,
      'www-authenticate, X-Total',
    ],
    ['only if there is one: an allowed call', exposing('X-Total'), '/mcp', [], 'X-Total'],
    ['only if there is one: a rejected call', exposing('X-Total'), '/mcp/member', [], 'X-Total'],
    ['only if there is one: an allowed call without CORS', () => {}, '/mcp', [], undefined],
  ])('can read the challenge %s', async (_how, prepare, path, scopes, exposed) => {
    const { url } = await start(prepare);
    const token = scopes && propelAuth.token(alice, scopes);
    const { headers } = await supertest(url)
      .post(path)
      .set({ origin: INSPECTOR, ...(token !== null && { authorization: `Bearer ${token}` }) });
    const hasChallenge = /www-authenticate/i.test(exposed ?? '');
    expect('www-authenticate' in headers).toBe(hasChallenge);
    expect(headers['access-control-expose-headers']?.replaceAll(/,\s*/g, ', ')).toBe(exposed);
  });
});
