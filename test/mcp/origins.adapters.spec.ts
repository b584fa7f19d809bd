import type { INestApplication } from '@nestjs/common';
import { PropelAuthModule } from 'nestjs-propelauth';
import { mcpServer } from 'nestjs-propelauth/mcp';
import supertest from 'supertest';
import { startApplication } from '../support/application.js';
import { McpPropelAuth, mcpUser } from '../support/mcp.js';
import { mcp } from '../support/mcp-options.js';
import { sendRaw } from '../support/send-raw.js';
import { McpController } from './mcp.controllers.js';

const alice = mcpUser('alice');
const propelAuth = await McpPropelAuth.start();

function start(prepare?: (app: INestApplication) => void) {
  const allowedOrigins = ['https://inspector.example.com', 'http://localhost:6274'];
  return startApplication(
    {
      imports: [
        PropelAuthModule.forRoot({
          ...propelAuth.moduleOptions,
          plugins: [mcpServer({ ...mcp, allowedOrigins })],
          debugMode: true,
        }),
      ],
      controllers: [McpController],
    },
    prepare,
  );
}

const application = await start();

beforeEach(() => propelAuth.reset());

function send(origin: string) {
  return supertest(application.url)
    .post('/mcp')
    .set('Origin', origin)
    .auth(propelAuth.token(alice), { type: 'bearer' });
}

describe('The Origin of a request of an MCP client', () => {
  it.each(['https://inspector.example.com', 'http://localhost:6274'])(
    'can be one of mcpServer.allowedOrigins: %s',
    async (origin) => {
      expect((await send(origin)).status).toBe(201);
    },
  );

  it('can be that of mcpServer.resource, which is the application’s own', async () => {
    expect((await send('https://api.example.com')).status).toBe(201);
  });

  it('can be missing, as in all clients except browsers', async () => {
    const { url } = application;
    const response = await supertest(url)
      .post('/mcp')
      .auth(propelAuth.token(alice), { type: 'bearer' });
    expect(response.status).toBe(201);
  });

  it.each([
    ['another', 'https://attacker.example.com'],
    ['an opaque origin', 'null'],
    ['an empty string', ''],
    ['the same with another scheme', 'http://inspector.example.com'],
    ['the same with another port', 'http://localhost:6275'],
    ['the same with its default port', 'https://inspector.example.com:443'],
    ['the same in another case', 'HTTPS://INSPECTOR.EXAMPLE.COM'],
    ['the same with a trailing slash', 'https://inspector.example.com/'],
    ['one with the same prefix', 'https://inspector.example.com.attacker.example'],
    ['one with the same suffix', 'https://attacker-inspector.example.com'],
    ['a subdomain of it', 'https://evil.inspector.example.com'],
    ['two in one', 'https://inspector.example.com, https://inspector.example.com'],
    ['two with a space', 'https://inspector.example.com https://attacker.example.com'],
    ['a wildcard', '*'],
  ])('must not be %s: %j', async (_what, origin) => {
    const { body, headers } = await send(origin).expect(403);
    expect(body).toMatchObject({ statusCode: 403, reason: 'origin_not_allowed' });
    expect(headers).not.toHaveProperty('www-authenticate');
    expect(propelAuth.asked).toEqual([]);
  });

  it('must not be sent twice', async () => {
    const head = [
      'POST /mcp HTTP/1.1',
      'Host: localhost',
      'Content-Length: 0',
      `Authorization: Bearer ${propelAuth.token(alice)}`,
      'Origin: https://inspector.example.com',
      'Origin: https://inspector.example.com',
      'Connection: close',
    ];
    const { status, text } = await sendRaw(application.url, `${head.join('\r\n')}\r\n\r\n`);
    expect(status).toBe(403);
    expect(text).toContain('origin_not_allowed');
  });

  it('is checked before the token, so that a page learns nothing about it', async () => {
    const response = await supertest(application.url)
      .post('/mcp')
      .set('Origin', 'https://attacker.example.com');
    expect(response.status).toBe(403);
  });

  it('does not matter to other handlers', async () => {
    const { url } = application;
    const response = await supertest(url)
      .get('/mcp/public')
      .set('Origin', 'https://attacker.example.com');
    expect(response.status).toBe(200);
  });

  it('is not compared with Host', async () => {
    const response = await send('https://attacker.example.com').set('Host', 'attacker.example.com');
    expect(response.status).toBe(403);
  });
});

async function headersOf(
  prepare: ((app: INestApplication) => void) | undefined,
  path: string,
  token?: string,
): Promise<Record<string, string | undefined>> {
  const { url } = await start(prepare);
  const call = supertest(url).post(path).set('Origin', 'https://inspector.example.com');
  const { headers } = await (token === undefined ? call : call.auth(token, { type: 'bearer' }));
  return headers;
}

function exposeTotal(app: INestApplication): void {
  app.enableCors({ exposedHeaders: ['X-Total'] });
}

describe('Web pages', () => {
  const exposed = 'access-control-expose-headers';

  it.each<[string, ((app: INestApplication) => void) | undefined, string]>([
    ['without CORS', undefined, 'WWW-Authenticate'],
    ['under enableCors()', (app) => app.enableCors(), 'WWW-Authenticate'],
    [
      'next to one header of the application',
      (app) => app.enableCors({ exposedHeaders: 'X-Total' }),
      'X-Total, WWW-Authenticate',
    ],
    [
      'next to several',
      (app) => app.enableCors({ exposedHeaders: ['X-Total', 'Mcp-Session-Id'] }),
      'X-Total, Mcp-Session-Id, WWW-Authenticate',
    ],
    [
      'once, if the application sends it itself',
      (app) => app.enableCors({ exposedHeaders: ['www-authenticate', 'X-Total'] }),
      'www-authenticate, X-Total',
    ],
  ])('can read the challenge %s', async (_how, prepare, expected) => {
    const headers = await headersOf(prepare, '/mcp');
    expect(headers['www-authenticate']).toMatch(/^Bearer /);
    expect(headers[exposed]?.replaceAll(/,\s*/g, ', ')).toBe(expected);
  });

  it('can read the challenge for a scope', async () => {
    const headers = await headersOf(undefined, '/mcp/reports', propelAuth.token(alice, []));
    expect(headers[exposed]).toBe('WWW-Authenticate');
  });

  it('can read the application’s own header if there is no challenge', async () => {
    const token = propelAuth.token(alice);
    expect((await headersOf(exposeTotal, '/mcp', token))[exposed]).toBe('X-Total');
    expect((await headersOf(exposeTotal, '/mcp/member', token))[exposed]).toBe('X-Total');
    expect((await headersOf(undefined, '/mcp', token))[exposed]).toBeUndefined();
  });
});
