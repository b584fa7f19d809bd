import { Controller, Get, Post, type INestApplication } from '@nestjs/common';
import { PropelAuthModule, Public, RequireOrgMember } from 'nestjs-propelauth';
import { mcpServer, RequireMcpToken, RequireScope } from 'nestjs-propelauth/mcp';
import supertest from 'supertest';
import { startApplication } from '../support/application.js';
import { mcp } from '../support/mcp-options.js';
import { McpPropelAuth, mcpUser } from '../support/mcp.js';

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

describe('The Origin of a request of an MCP client', () => {
  it.each<[string, Record<string, string>]>([
    ['one of mcpServer.allowedOrigins', { origin: INSPECTOR }],
    ['that of mcpServer.resource', { origin: 'https://api.example.com' }],
    ['missing', {}],
  ])('can be %s', async (_what, headers) => {
    expect((await send(headers)).status).toBe(201);
  });

  it('must not be another', async () => {
    const { body, headers } = await send({ origin: ATTACKER }).expect(403);
    expect(body).toMatchObject({ statusCode: 403, reason: 'origin_not_allowed' });
    expect(headers).not.toHaveProperty('www-authenticate');
    expect(propelAuth.asked).toEqual([]);
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

const exposing =
  (...exposedHeaders: string[]) =>
  (app: INestApplication) =>
    app.enableCors({ exposedHeaders });

const none = () => {};

describe('Web pages', () => {
  const one = exposing('X-Total');
  type Prepare = (app: INestApplication) => void;

  it.each<[string, Prepare, path: string, scopes: string[] | null, exposed: string | undefined]>([
    ['without CORS', none, '/mcp', null, 'WWW-Authenticate'],
    ['for a scope', none, '/mcp/scope', [], 'WWW-Authenticate'],
    ['under enableCors()', (app) => app.enableCors(), '/mcp', null, 'WWW-Authenticate'],
    ['next to one header of the application', one, '/mcp', null, 'X-Total, WWW-Authenticate'],
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
    ['only if there is one: an allowed call', one, '/mcp', [], 'X-Total'],
    ['only if there is one: a rejected call', one, '/mcp/member', [], 'X-Total'],
    ['only if there is one: an allowed call without CORS', none, '/mcp', [], undefined],
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
