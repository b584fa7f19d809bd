import { createEmulator } from 'propelauth-emulator';
import { startLocalhostServer } from '../../emulator/src/server/localhost-server.js';
import { Leases } from '../../emulator/src/server/leases.js';
import {
  LEASE_PATH,
  PROJECT_PATH,
  proofOf,
  withProjectEndpoints,
} from '../../emulator/src/server/project-endpoint.js';
import { registerCleanup } from '../support/clean-up.js';
import { closedPort } from '../support/closed-port.js';
import { until } from '../support/fake-timers.js';
import { sendRaw } from '../support/send-raw.js';

/** An emulator that listens, and the headers of its backend API. */
async function listening() {
  const emulator = await createEmulator({ seed: { users: [{ name: 'alice' }] } });
  registerCleanup(() => emulator.close());
  const { url } = await emulator.listen();
  return { url, headers: { authorization: `Bearer ${emulator.issuer.apiKey}` } };
}

describe('The server of an emulator', () => {
  it('answers like its fetch', async () => {
    const { url, headers } = await listening();
    expect((await fetch(`${url}/nothing`)).status).toBe(404);
    const users = await fetch(`${url}/api/backend/v1/user/query`, { headers });
    expect(await users.json()).toMatchObject({ total_users: 1 });
  });

  it('reads bodies, also those that come in chunks', async () => {
    const { url, headers } = await listening();
    const body = JSON.stringify({ email: 'erin@example.com' });
    const chunks = new Blob([body.replace('erin', 'frank')]).stream();
    for (const content of [body, chunks]) {
      const created = await fetch(`${url}/api/backend/v1/user/`, {
        method: 'POST',
        headers,
        body: content,
        duplex: 'half',
      });
      expect(await created.json()).toEqual({ user_id: expect.any(String) });
    }
  });

  it('responds with 413 to a body of more than 1 MiB, with and without a length', async () => {
    const { url, headers } = await listening();
    const body = new Blob(['x'.repeat(1_100_000)]);
    for (const content of [body, body.stream()]) {
      const response = await fetch(`${url}/api/backend/v1/user/`, {
        method: 'POST',
        headers,
        body: content,
        duplex: 'half',
      });
      expect(response.status).toBe(413);
    }
  });

  it('leaves the Request and Response of the process alone', async () => {
    const before = [globalThis.Request, globalThis.Response];
    await listening();
    expect([globalThis.Request, globalThis.Response]).toEqual(before);
  });

  it.each([
    ['a request', 'GET / HTTP/1.1\r\nConnection: close'],
    ['an upgrade', 'GET / HTTP/1.1\r\nConnection: Upgrade, close\r\nUpgrade: websocket'],
  ])('rejects %s for another host with 421, and answers one for localhost', async (_what, head) => {
    const { url } = await listening();
    const rejected = await sendRaw(url, `${head}\r\nHost: evil.example\r\n\r\n`);
    expect(rejected.text).toMatch(
      /^HTTP\/1\.1 421 Misdirected Request\r\n.*Only requests to localhost/s,
    );
    expect((await sendRaw(url, `${head}\r\nHost: localhost\r\n\r\n`)).status).toBe(200);
  });

  it.each([
    ['CONNECT evil.example:443', 'closed'],
    ['TRACE /', 405],
    ['PROPFIND /', 404],
    ['GET //evil.example', 404],
    ['GET http://evil.example/', 421],
    ['OPTIONS *', 400],
  ])('answers "%s" with %s', async (target, status) => {
    const { url } = await listening();
    const answer = await sendRaw(
      url,
      `${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
    );
    expect(answer.status).toBe(status);
  });

  it('answers 431 to headers of more than 16 KiB', async () => {
    const { url } = await listening();
    const header = `X: ${'x'.repeat(17_000)}`;
    const answer = await sendRaw(url, `GET / HTTP/1.1\r\nHost: localhost\r\n${header}\r\n\r\n`);
    expect(answer.status).toBe(431);
  });
});

describe('startLocalhostServer()', () => {
  it('streams: a client gets what there is before the response ends, which it can end', async () => {
    const port = await closedPort();
    let isCancelled = false;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new TextEncoder().encode('first')),
      cancel: () => void (isCancelled = true),
    });
    const server = await startLocalhostServer(() => Promise.resolve(new Response(body)), port);
    registerCleanup(() => server.close());
    const response = await fetch(`http://127.0.0.1:${port}`);
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    expect(await reader?.read()).toEqual({ done: false, value: 'first' });
    expect(isCancelled).toBe(false);
    await reader?.cancel();
    await until(() => isCancelled);
  });

  it.each([undefined, '127.0.0.1', '0.0.0.0', '::'])(
    'listens on both addresses of localhost, and frees both, with the host %s',
    async (host) => {
      const port = await closedPort();
      const server = await startLocalhostServer(() => Promise.resolve(new Response('ok')), port, {
        host,
      });
      for (const address of ['127.0.0.1', '[::1]']) {
        expect(await (await fetch(`http://${address}:${port}`)).text()).toBe('ok');
      }
      await server.close();
      for (const address of ['127.0.0.1', '[::1]']) {
        await expect(fetch(`http://${address}:${port}`)).rejects.toThrow('fetch failed');
      }
    },
  );
});

describe('The endpoints of the project', () => {
  const settings = {
    '--seed': null,
    '--webhooks': null,
    '--allow-origin': [],
    '--host': null,
    '--public-url': null,
  };
  const leases = new Leases();
  const answer = withProjectEndpoints(
    () => Promise.resolve(new Response('another')),
    'the-key',
    settings,
    leases,
  );
  const ask = (path: string, authorization = '') =>
    answer(new Request(`http://localhost${path}`, { headers: { authorization } }));

  it('tell the settings with a proof of the API key, and not the key', async () => {
    const response = await ask(`${PROJECT_PATH}?challenge=abc`);
    const proof = proofOf('the-key', 'project', 'abc');
    expect(await response.json()).toEqual({ ...settings, proof });
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
    expect(proof).toMatch(/^[\w-]{43}$/);
    expect(proofOf('the-key', 'project', 'abd')).not.toBe(proof);
    expect(proofOf('the-other', 'project', 'abc')).not.toBe(proof);
  });

  it('give a lease for a proof of the API key, which the emulator itself gives nobody', async () => {
    const path = `${LEASE_PATH}?challenge=abc`;
    for (const wrong of ['', 'the-key', proofOf('the-key', 'project', 'abc')]) {
      expect((await ask(path, wrong)).status).toBe(401);
    }
    const { status, body } = await ask(path, proofOf('the-key', 'lease', 'abc'));
    expect(status).toBe(200);
    await body?.cancel();
    await leases.ended;
    expect((await ask(path, proofOf('the-key', 'lease', 'abc'))).status).toBe(503);
  });

  it('leave other paths alone', async () => {
    expect(await (await ask('/other')).text()).toBe('another');
  });
});
