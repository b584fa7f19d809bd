import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { ApplicationServer } from './application-server.js';

const GET = { method: 'GET', path: '/', headers: {}, body: undefined };

function applicationOf(server: Server) {
  return {
    getHttpServer: () => server,
    getHttpAdapter: () => ({ getType: () => 'express' }) as never,
  };
}

describe('A request to an application', () => {
  // The shortest timeout is enough, since the server never responds.
  it('that never gets a response ends without one', async () => {
    const server = createServer(() => {});
    const client = new ApplicationServer(applicationOf(server), 1);
    await expect(client.send(GET)).resolves.toBeUndefined();
    await client.close();
    expect(server.listening).toBe(false);
  });

  it('ends without a response if its connection closes', async () => {
    const server = createServer((_request, response) => void response.destroy());
    const client = new ApplicationServer(applicationOf(server));
    await expect(client.send(GET)).resolves.toBeUndefined();
    await client.close();
  });

  it('follows no redirect', async () => {
    const server = createServer((_request, response) => {
      response.writeHead(302, { location: '/elsewhere' }).end();
    });
    const client = new ApplicationServer(applicationOf(server));
    await expect(client.send(GET)).resolves.toBe('302 Found');
    await client.close();
  });

  it('goes to a server that already listens, and leaves it open', async () => {
    const server = createServer((_request, response) => void response.end());
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const client = new ApplicationServer(applicationOf(server));
    await expect(client.send(GET)).resolves.toBe('200 OK');
    await client.close();
    expect(server.listening).toBe(true);
    await once(server.close(), 'close');
  });
});
