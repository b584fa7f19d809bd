import { createEmulator, type Emulator } from 'propelauth-emulator';
import { registerCleanup } from '../support/clean-up.js';
import { sendRaw } from '../support/send-raw.js';

async function listening(emulator: Emulator): Promise<string> {
  registerCleanup(() => emulator.close());
  return (await emulator.listen()).url;
}

describe('An emulator that listens', () => {
  it('answers over HTTP what it answers without a port, also to requests with a body', async () => {
    const emulator = await createEmulator({ seed: { users: [{ name: 'alice' }] } });
    const url = await listening(emulator);
    const headers = { authorization: `Bearer ${emulator.issuer.apiKey}` };
    const path = '/api/backend/v1/user/emails';
    const init = { method: 'POST', headers, body: '{"emails":["alice@example.com"]}' };
    const response = await fetch(url + path, init);
    const expected = await emulator.fetch(`https://auth.example.com${path}`, init);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual(await expected.json());
    expect((await fetch(url)).status).toBe(200);
  });

  it.each(['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example'])(
    'gives a page that pretends to be on this machine, as %s, nothing',
    async (host) => {
      const url = await listening(await createEmulator({ seed: { users: [{ name: 'alice' }] } }));
      for (const path of ['/', '/api/v1/refresh_token?user=alice', '/login']) {
        const head = `GET ${path} HTTP/1.1\r\nConnection: close\r\nHost: ${host}\r\n\r\n`;
        const { text } = await sendRaw(url, head);
        expect(text).toMatch(/^HTTP\/1\.1 421 /);
        expect(text).not.toContain('alice');
      }
    },
  );
});
