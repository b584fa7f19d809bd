import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import {
  connect as connectHttp2,
  createServer as createHttp2Server,
  type Http2Server,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { sendRaw } from '../../test/support/send-raw.js';
import { restrictToLoopback } from './loopback-only-server.js';

const REFUSED = {
  statusCode: 421,
  error: 'Misdirected',
  message: 'Only requests to localhost, 127.0.0.1 or [::1] are allowed.',
};

describe('restrictToLoopback()', () => {
  const servers: { close(): unknown }[] = [];

  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  async function listen(server: Server | Http2Server): Promise<string> {
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** The hosts that the listeners of a server receive, with the responses to a request for each host. */
  async function received(
    event: string,
    head: string,
  ): Promise<{ hosts: string[]; texts: string[] }> {
    const server = createServer();
    const hosts: string[] = [];
    server.on(event, (request, channel) => {
      hosts.push(request.headers.host);
      if ('writeHead' in channel) channel.writeHead(200, { Connection: 'close' }).end('heard');
      else channel.end('HTTP/1.1 200 OK\r\n\r\nheard');
    });
    restrictToLoopback(server);
    const url = await listen(server);
    const texts: string[] = [];
    for (const host of ['evil.example', 'localhost']) {
      const { text } = await sendRaw(url, `${head}\r\nHost: ${host}\r\n\r\n`);
      texts.push(text);
    }
    return { hosts, texts };
  }

  it.each([
    ['request', 'GET / HTTP/1.1\r\nConnection: close'],
    ['checkContinue', 'POST / HTTP/1.1\r\nConnection: close\r\nExpect: 100-continue'],
    ['checkExpectation', 'POST / HTTP/1.1\r\nConnection: close\r\nExpect: something'],
    ['upgrade', 'GET / HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket'],
    ['connect', 'CONNECT example.com:443 HTTP/1.1'],
  ])('hides requests to another host from the listeners of %s', async (event, head) => {
    const { hosts, texts } = await received(event, head);
    expect(hosts).toEqual(['localhost']);
    expect(texts[0]).toMatch(/^HTTP\/1\.1 421 Misdirected Request\r\n/);
    const [, body = ''] = (texts[0] as string).split('\r\n\r\n');
    expect(JSON.parse(body)).toEqual(REFUSED);
    expect(texts[1]).toMatch(/^HTTP\/1\.1 200 OK\r\n.*heard/s);
  });

  it('hides upgrades that a local proxy forwards from other listeners', async () => {
    const proxied = 'Connection: Upgrade\r\nUpgrade: websocket\r\nX-Forwarded-For: 192.168.0.7';
    const { hosts, texts } = await received('upgrade', `GET / HTTP/1.1\r\n${proxied}`);
    expect(hosts).toEqual([]);
    expect(texts[1]).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n/);
  });

  it('reads the host of HTTP/2 requests', async () => {
    const server = createHttp2Server((_request, response) => void response.end('heard'));
    restrictToLoopback(server);
    const session = connectHttp2(await listen(server));
    servers.push(session);
    const statuses: unknown[] = [];
    for (const host of ['evil.example', 'localhost']) {
      const stream = session.request({ ':authority': host });
      const [headers] = (await once(stream, 'response')) as [Record<string, unknown>];
      statuses.push(headers[':status']);
      stream.close();
    }
    expect(statuses).toEqual([421, 200]);
  });

  it('restricts a server once', () => {
    const server = createServer();
    restrictToLoopback(server);
    const { value: emit } = Object.getOwnPropertyDescriptor(server, 'emit') as PropertyDescriptor;
    restrictToLoopback(server);
    expect(Object.getOwnPropertyDescriptor(server, 'emit')).toHaveProperty('value', emit);
  });

  it('passes on all other events', () => {
    const server = createServer();
    const events: unknown[] = [];
    server.on('something', (...args) => events.push(args));
    restrictToLoopback(server);
    expect(server.emit('something', 1, 2)).toBe(true);
    expect(server.emit('nothing')).toBe(false);
    expect(events).toEqual([[1, 2]]);
  });
});
