import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sendRaw } from '../../../test/support/send-raw.js';
import { restrictToLoopback } from './loopback-server.js';

const REJECTED = {
  statusCode: 421,
  error: 'Misdirected',
  message: 'Only requests to localhost, 127.0.0.1 or [::1] are allowed.',
};

describe('restrictToLoopback()', () => {
  const servers: Server[] = [];

  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  async function listen(server: Server): Promise<string> {
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  it.each([
    ['request', 'GET / HTTP/1.1\r\nConnection: close'],
    ['upgrade', 'GET / HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket'],
  ])('answers a %s for another host before the listeners of the server do', async (event, head) => {
    const server = createServer();
    server.on(event, (_request, channel) => {
      if ('writeHead' in channel) channel.writeHead(200, { Connection: 'close' }).end('heard');
      else channel.end('HTTP/1.1 200 OK\r\n\r\nheard');
    });
    restrictToLoopback(server);
    const url = await listen(server);
    const rejected = await sendRaw(url, `${head}\r\nHost: evil.example\r\n\r\n`);
    expect(rejected.text).toMatch(/^HTTP\/1\.1 421 Misdirected Request\r\n/);
    expect(rejected.text).not.toContain('heard');
    const [, body = ''] = rejected.text.split('\r\n\r\n');
    expect(JSON.parse(body)).toEqual(REJECTED);
    const allowed = await sendRaw(url, `${head}\r\nHost: localhost\r\n\r\n`);
    expect(allowed.text).toMatch(/^HTTP\/1\.1 200 OK\r\n.*heard/s);
  });

  it('replaces no method of the server', () => {
    const server = createServer();
    const before = Object.getOwnPropertyNames(server);
    restrictToLoopback(server);
    expect(Object.getOwnPropertyNames(server)).toEqual(before);
  });
});
