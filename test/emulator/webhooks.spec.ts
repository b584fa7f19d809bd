import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createEmulator, EmulatorError, type Emulator } from 'propelauth-emulator';
import { Webhook } from 'standardwebhooks';
import { MAXIMUM_WAITING } from '../../emulator/src/webhooks/webhooks.js';
import { registerCleanup } from '../support/clean-up.js';
import { closedPort } from '../support/closed-port.js';
import { onlyFakeTimeouts, stopClockAndTimeouts, until } from '../support/fake-timers.js';
import { selfSignedCertificate } from '../support/self-signed-certificate.js';
import { Application } from './application.js';
import { ALICE, AUTHORIZATION, Browser, ORIGIN, SECRETS } from './browser.js';

const ADMIN = { orgName: 'Gamma', role: 'Admin' };

/** An emulator that sends events to a URL. */
async function sendingTo(webhooks: string, options: { say?: (line: string) => void } = {}) {
  const { emulator } = await Browser.open({ webhooks, ...options });
  registerCleanup(() => emulator.close());
  return emulator;
}

/** An emulator, and the application that it sends events to. */
async function start(respond?: (response: ServerResponse, count: number) => void) {
  const application = new Application(respond);
  return { application, emulator: await sendingTo(await application.listen()) };
}

function fail(response: ServerResponse): void {
  response.writeHead(500).end();
}

/** The status of each event, newest first. */
function statusesOf({ core }: Emulator): string[] {
  return core.webhooks.latest.map(({ event, status }) => `${event.event_type}: ${status}`);
}

function disable(emulator: Emulator): void {
  change(emulator, { enabled: false });
}

/** Changes alice by the backend API, as an application does. */
function change({ core: { project } }: Emulator, changes: object): void {
  const alice = project.users.get(ALICE);
  if (alice !== undefined) project.updateUser(alice, changes);
}

function idOf({ issuer }: Emulator, email: string): string {
  return issuer.userId({ email });
}

function typesOf({ events }: Application): string[] {
  return events.map(({ event_type: type }) => type);
}

async function afterSeconds(seconds: number): Promise<void> {
  await jest.advanceTimersByTimeAsync(seconds * 1000);
}

describe('Webhooks of the emulator', () => {
  it('send every change, whoever made it, in order, and nothing of the seed', async () => {
    const { application, emulator } = await start();
    const url = `${ORIGIN}/api/backend/v1/user/${ALICE}/disable`;
    await emulator.fetch(url, { method: 'POST', headers: AUTHORIZATION });
    emulator.addUser({ email: 'erin@example.com', orgs: [ADMIN] });
    await until(() => application.received.length === 4);
    expect(typesOf(application)).toEqual([
      'user.disabled',
      'user.created',
      'org.created',
      'user.added_to_org',
    ]);
  });

  it('are signed with the secret of the issuer', async () => {
    const { application, emulator } = await start();
    disable(emulator);
    await until(() => application.received.length === 1);
    const [{ headers, body } = { headers: {} as Record<string, string>, body: '' }] =
      application.received;
    const verified = new Webhook(emulator.issuer.webhookSecret).verify(body, {
      'webhook-id': headers['svix-id'] ?? '',
      'webhook-timestamp': headers['svix-timestamp'] ?? '',
      'webhook-signature': headers['svix-signature'] ?? '',
    });
    expect(verified).toEqual({ event_type: 'user.disabled', user_id: ALICE });
    expect(headers['content-type']).toBe('application/json');
    expect(headers['connection']).toBe('close');
  });

  it('are not sent when the emulator goes back to the seed, which forgets those before', async () => {
    const { application, emulator } = await start();
    disable(emulator);
    await until(() => application.received.length === 1);
    emulator.reset();
    expect(statusesOf(emulator)).toEqual([]);
    change(emulator, { enabled: true, first_name: 'Alice' });
    await until(() => application.received.length === 2);
    expect(application.events[1]).toEqual({ event_type: 'user.updated', user_id: ALICE });
  });

  it('are sent again after 5 seconds, 5 minutes and 30 minutes under the same id, with a new time', async () => {
    stopClockAndTimeouts(1_790_000_000_000);
    const { application, emulator } = await start(fail);
    disable(emulator);
    const attempts: string[] = [];
    for (const seconds of [5, 300, 1_800]) {
      await until(() => statusesOf(emulator)[0]?.includes('500') === true);
      await until(() => application.received.length === attempts.length + 1);
      attempts.push(statusesOf(emulator).join());
      await afterSeconds(seconds - 1);
      expect(application.received).toHaveLength(attempts.length);
      await afterSeconds(1);
      await until(() => application.received.length === attempts.length + 1);
    }
    await until(() => statusesOf(emulator)[0]?.includes('not sent again') === true);
    expect(attempts).toEqual([
      'user.disabled: 500, sent again after 5 seconds',
      'user.disabled: 500, sent again after 5 minutes',
      'user.disabled: 500, sent again after 30 minutes',
    ]);
    expect(statusesOf(emulator)).toEqual(['user.disabled: 500, not sent again']);
    const sent = application.received.map(({ headers }) => headers);
    expect(new Set(sent.map((headers) => headers['svix-id']))).toHaveProperty('size', 1);
    expect(new Set(sent.map((headers) => headers['svix-timestamp']))).toHaveProperty('size', 4);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('let later events pass one that is sent again after a delay', async () => {
    onlyFakeTimeouts();
    const { application, emulator } = await start((response, count) => {
      response.writeHead(count === 1 ? 500 : 204).end();
    });
    disable(emulator);
    change(emulator, { enabled: true });
    await until(() => application.received.length === 2);
    await afterSeconds(5);
    await until(() => application.received.length === 3);
    await until(() => statusesOf(emulator)[1] === 'user.disabled: 204');
    expect(typesOf(application)).toEqual(['user.disabled', 'user.enabled', 'user.disabled']);
  });

  it('are sent each second until the application runs, however long, and stay in order', async () => {
    stopClockAndTimeouts(1_790_000_000_000);
    const port = await closedPort();
    const emulator = await sendingTo(`http://127.0.0.1:${port}/hooks`);
    disable(emulator);
    change(emulator, { enabled: true });
    const waiting = [
      'user.enabled: not sent yet',
      'user.disabled: failed (ECONNREFUSED), sent again every second',
    ];
    await until(() => statusesOf(emulator).join() === waiting.join());
    jest.setSystemTime(1_790_000_000_000 + 24 * 60 * 60 * 1000);
    await afterSeconds(1);
    await until(() => jest.getTimerCount() === 1 && statusesOf(emulator).join() === waiting.join());
    const application = new Application();
    await application.listen(port);
    await afterSeconds(1);
    await until(() => application.received.length === 2);
    expect(typesOf(application)).toEqual(['user.disabled', 'user.enabled']);
  });

  it('follow no redirect', async () => {
    onlyFakeTimeouts();
    const elsewhere = new Application();
    const location = await elsewhere.listen();
    const { emulator } = await start((response) => response.writeHead(307, { location }).end());
    disable(emulator);
    await until(() => statusesOf(emulator)[0]?.includes('307') === true);
    expect(statusesOf(emulator)).toEqual(['user.disabled: 307, sent again after 5 seconds']);
    expect(elsewhere.received).toEqual([]);
  });

  it('fail after 15 seconds without a response', async () => {
    onlyFakeTimeouts();
    const { application, emulator } = await start(() => {});
    disable(emulator);
    await until(() => application.received.length === 1);
    expect(statusesOf(emulator)).toEqual(['user.disabled: no response yet']);
    await afterSeconds(15);
    await until(() => statusesOf(emulator)[0]?.includes('failed') === true);
    expect(statusesOf(emulator)).toEqual([
      'user.disabled: failed (no response within 15 s), sent again after 5 seconds',
    ]);
  });

  it('end a response that goes on after 15 seconds', async () => {
    onlyFakeTimeouts();
    const closed: string[] = [];
    const { emulator } = await start((response) => {
      response.on('close', () => closed.push('closed'));
      response.writeHead(200).write('endless');
    });
    disable(emulator);
    await until(() => statusesOf(emulator)[0] === 'user.disabled: 200');
    expect(closed).toEqual([]);
    await afterSeconds(15);
    await until(() => closed.length === 1);
  });

  it('are not sent after the emulator is closed', async () => {
    onlyFakeTimeouts();
    const { application, emulator } = await start(fail);
    disable(emulator);
    await until(() => statusesOf(emulator)[0]?.includes('5 seconds') === true);
    await emulator.close();
    change(emulator, { enabled: true });
    expect(jest.getTimerCount()).toBe(0);
    expect(statusesOf(emulator)).toHaveLength(1);
    expect(application.received).toHaveLength(1);
  });

  it('end a request in flight when the emulator is closed', async () => {
    const closed: string[] = [];
    const { application, emulator } = await start((response) => {
      response.on('close', () => closed.push('closed'));
    });
    disable(emulator);
    await until(() => application.received.length === 1);
    await emulator.close();
    await until(() => closed.length === 1);
    expect(application.received).toHaveLength(1);
  });

  it('are shown for the latest 20 events, and older ones are sent again, too', async () => {
    onlyFakeTimeouts();
    const { application, emulator } = await start((response, count) => {
      response.writeHead(count <= 25 ? 500 : 204).end();
    });
    for (let count = 1; count <= 25; count++) change(emulator, { first_name: String(count) });
    await until(() => statusesOf(emulator)[0]?.includes('5 seconds') === true);
    expect(statusesOf(emulator)).toHaveLength(20);
    await afterSeconds(5);
    await until(() => application.received.length === 50);
    const ids = application.received.map(({ headers }) => headers['svix-id']);
    expect(new Set(ids.slice(25))).toEqual(new Set(ids.slice(0, 25)));
  });

  it('reach a slow application for 1,000 changes at once, in order for each user', async () => {
    const { application, emulator } = await start((response) => {
      setImmediate(() => response.writeHead(204).end());
    });
    const names = Array.from({ length: 1_000 }, (_, index) => `user${index}@example.com`);
    await Promise.all(names.map(async (email) => emulator.addUser({ email, orgs: [ADMIN] })));
    await until(() => application.received.length === 2_001);
    const events = application.events as { event_type: string; user_id?: string }[];
    const received = events.map(({ event_type: type, user_id: userId }) => `${type} ${userId}`);
    const expected = names.flatMap((email) =>
      ['user.created', 'user.added_to_org'].map((type) => `${type} ${idOf(emulator, email)}`),
    );
    expect(received.filter((event) => !event.startsWith('org.'))).toEqual(expected);
  });

  it.each([
    [{ times: 1 }, '503', 5],
    [{ times: 1, status: 429 }, '429', 5],
    [{ times: 1, delayMs: 2_000 }, '503', 2],
  ])('arrive in another order with the fault %j', async (fault, status, seconds) => {
    onlyFakeTimeouts();
    const { application, emulator } = await start();
    emulator.fail('webhook', fault);
    disable(emulator);
    change(emulator, { enabled: true });
    await until(() => application.received.length === 1);
    const again = `sent again after ${seconds} seconds`;
    expect(statusesOf(emulator)[1]).toBe(`user.disabled: failed by a fault (${status}), ${again}`);
    await afterSeconds(seconds);
    await until(() => application.received.length === 2);
    expect(typesOf(application)).toEqual(['user.enabled', 'user.disabled']);
  });

  it('are lost only with a line on the terminal: after four attempts, or if 10,000 others wait', async () => {
    onlyFakeTimeouts();
    const lines: string[] = [];
    const application = new Application(fail);
    const webhooks = await application.listen();
    const say = (line: string) => void lines.push(line);
    const emulator = await sendingTo(webhooks, { say });
    disable(emulator);
    for (const [index, seconds] of [5, 300, 1_800].entries()) {
      await until(() => application.received.length === index + 1);
      await until(() => statusesOf(emulator)[0]?.includes('again after') === true);
      await afterSeconds(seconds);
    }
    await until(() => lines.length === 1);
    application.stop();
    for (let count = 0; count <= MAXIMUM_WAITING + 2; count++) change(emulator, { enabled: true });
    expect(lines).toEqual([
      'The webhook user.disabled is lost: 500, not sent again.',
      `10000 webhooks wait for ${webhooks}: more are lost.`,
    ]);
    expect(statusesOf(emulator)[0]).toContain('10000 others wait, not sent again');
  });

  it('reach an application on this machine with its own certificate', async () => {
    const received: string[] = [];
    const server = createSecureServer(selfSignedCertificate, (request, response) => {
      received.push(request.url ?? '');
      response.writeHead(200).end();
    });
    registerCleanup(() => server.close());
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    disable(await sendingTo(`https://127.0.0.1:${port}/hooks`));
    await until(() => received.length === 1);
    expect(received).toEqual(['/hooks']);
  });

  it.each([
    'https://evil.example/hooks',
    'http://localhost.evil.example/',
    'http://localhost@evil.example/',
    'http://alice:secret@localhost:3000/',
    'file:///etc/passwd',
    'localhost:3000/hooks',
    '/hooks',
    '',
  ])('are not sent to %j', async (webhooks) => {
    const creation = createEmulator({ webhooks, secrets: SECRETS });
    await expect(creation).rejects.toThrow(EmulatorError);
    await expect(creation).rejects.toThrow(
      /^webhooks is not a URL of this machine .*\(--allow-origin\)\.$/,
    );
    await expect(creation).rejects.not.toThrow(/secret/);
  });

  it('can be sent to an allowed origin', async () => {
    const allowedOrigins = ['https://app.example.com'];
    const webhooks = 'https://app.example.com/hooks';
    const emulator = await createEmulator({ webhooks, allowedOrigins, secrets: SECRETS });
    expect(emulator.core.webhooks.url).toBe(webhooks);
  });
});
