import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Logger } from '@nestjs/common';
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
  ])(
    'responds to a %s for another host before the listeners of the server do',
    async (event, head) => {
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
    },
  );

  it('closes connections from other machines, and logs it once a minute', () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => {});
    const server = createServer();
    restrictToLoopback(server);
    const closed: unknown[] = [];
    for (const remoteAddress of ['192.168.0.7', '127.0.0.1', '::1', '2001:db8::1', undefined]) {
      const socket = { remoteAddress, destroy: () => closed.push(remoteAddress) };
      for (const listener of server.listeners('connection').slice(0, 1)) listener(socket);
    }
    expect(closed).toEqual(['192.168.0.7', '2001:db8::1']);
    expect(warn).toHaveBeenCalledTimes(1);
    warn.mockRestore();
  });

  it('leaves upgrades to the application if nothing else listens for them', async () => {
    const server = createServer((_request, response) => response.end('heard'));
    restrictToLoopback(server);
    expect(server.listenerCount('upgrade')).toBe(0);
    const head = 'GET / HTTP/1.1\r\nConnection: Upgrade, close\r\nUpgrade: h2c\r\nHost: localhost';
    const { text } = await sendRaw(await listen(server), `${head}\r\n\r\n`);
    expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n.*heard/s);
  });

  it('responds to upgrades before a listener that is added later', async () => {
    const server = createServer();
    restrictToLoopback(server);
    let heard = 0;
    server.on('upgrade', (_request, socket) => {
      heard++;
      socket.end('HTTP/1.1 200 OK\r\n\r\nheard');
    });
    server.on('upgrade', () => {});
    expect(server.listenerCount('upgrade')).toBe(3);
    const head = 'GET / HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket';
    const url = await listen(server);
    const { text } = await sendRaw(url, `${head}\r\nHost: evil.example\r\n\r\n`);
    expect(text).toMatch(/^HTTP\/1\.1 421 /);
    expect(heard).toBe(1);
    expect((await sendRaw(url, `${head}\r\nHost: localhost\r\n\r\n`)).text).toContain('heard');
  });

  it('closes upgrades once no listener handles them', async () => {
    const server = createServer();
    restrictToLoopback(server);
    server.on('upgrade', ignore);
    server.off('upgrade', ignore);
    const head = 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: h2c';
    expect((await sendRaw(await listen(server), `${head}\r\n\r\n`)).status).toBe('closed');
  });

  it('replaces no method of the server', () => {
    const server = createServer();
    const before = Object.getOwnPropertyNames(server);
    restrictToLoopback(server);
    expect(Object.getOwnPropertyNames(server)).toEqual(before);
  });
});

function ignore(): void {}
