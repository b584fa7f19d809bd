import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import request from 'supertest';
import { LOCAL, startSampleApp, WITH_SECRET, type SampleApp } from './sample-app.js';

const REFRESH_TOKEN = `/api/v1/refresh_token?user=alice&${WITH_SECRET}`;

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]', 'LOCALHOST'];
const FOREIGN = [
  'evil.example',
  'localhost.evil.example',
  'evil-localhost',
  'evil.example:3000',
  'localhost:3000.evil.example',
  'localhost:evil.example',
  'localhost@evil.example',
  '127.0.0.1.evil.example',
  '127x0x0x1',
  '[::1].evil.example',
  '192.168.0.1',
  '0.0.0.0',
  '[::2]',
];

describe('the app with the local issuer', () => {
  let sampleApp: SampleApp;

  beforeAll(async () => {
    sampleApp = await startSampleApp(LOCAL);
  });

  afterAll(() => sampleApp.close());

  it('listens on a loopback address only', () => {
    expect(sampleApp.address.address).toBe('127.0.0.1');
  });

  it.each(LOOPBACK.flatMap((host) => [host, `${host}:3000`, `${host}:8080`]))(
    'accepts the host %s',
    async (host) => {
      await request(sampleApp.url).get(REFRESH_TOKEN).set('Host', host).expect(200);
    },
  );

  it.each(FOREIGN)('rejects the host %s', async (host) => {
    const { body } = await request(sampleApp.url).get(REFRESH_TOKEN).set('Host', host).expect(421);
    expect(body).toEqual({
      statusCode: 421,
      error: 'Misdirected',
      message: 'Only requests to localhost, 127.0.0.1 or [::1] are allowed.',
    });
  });

  it('rejects a request without a host', async () => {
    // Only HTTP/1.0 goes without; Node.js itself refuses it in HTTP/1.1.
    const socket = connect(sampleApp.address.port, '127.0.0.1');
    socket.end(`GET ${REFRESH_TOKEN} HTTP/1.0\r\n\r\n`);
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 421 /);
  });

  it('ignores proxy headers', async () => {
    await request(sampleApp.url)
      .get(REFRESH_TOKEN)
      .set('Host', 'evil.example')
      .set('X-Forwarded-Host', 'localhost')
      .set('Forwarded', 'host=localhost')
      .expect(421);
  });

  it.each([
    '/',
    '/api/whoami_optional',
    '/propelauth/oauth/authorize',
    '/docs',
    '/docs-json',
    '/docs/swagger-ui.css',
    '/nowhere',
  ])('also rejects a foreign host at %s', async (path) => {
    await request(sampleApp.url).get(path).set('Host', 'evil.example').expect(421);
  });

  it.each(['/propelauth/oauth/authorize', '/propelauth/oauth/token'])(
    'also rejects forms for a foreign host at %s',
    async (path) => {
      await request(sampleApp.url).post(path).set('Host', 'evil.example').expect(421);
    },
  );
});
