import { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { Logger } from '@nestjs/common';
import type { UserClass } from '@propelauth/node-apis';
import { fake } from '../../test/support/fake.js';
import { ResolvedOptions } from '../options/resolved-options.js';
import type { VerifiedUser } from '../callers/user/token-verifier.js';
import type { UserCallerKind } from '../callers/user/user-caller-kind.js';
import { OpenStreams } from '../transports/open-streams.js';
import type { CallTools } from '../transports/call-tools.js';
import { ConnectionAuthenticator } from './connection-authenticator.js';

const NOW = 1_800_000_000;

/** As much of a client of `ws` as the package sees. */
class Client extends EventEmitter {
  readyState = 1;
  readonly sent: string[] = [];
  closed: [number, string] | undefined;

  send(text: string): void {
    this.sent.push(text);
  }

  close(code: number, reason: string): void {
    this.closed = [code, reason];
    this.leave();
  }

  leave(): void {
    this.readyState = 3;
    this.emit('close');
  }
}

const request = { headers: { authorization: 'Bearer token' } } as IncomingMessage;

const LEEWAY = 10;

/** Authenticates connections with a token that is valid for so many seconds. */
function create(
  validFor: number,
  authenticate: (verified: VerifiedUser) => unknown = (verified) => verified,
) {
  const options = new ResolvedOptions({
    authUrl: 'https://auth.example.com',
    apiKey: 'key',
  });
  const verified = {
    user: { userId: 'alice' } as UserClass,
    validUntil: (NOW + validFor + LEEWAY) * 1000,
  };
  const authenticator = { authenticate: () => authenticate(verified) } as unknown as UserCallerKind;
  const streams = new OpenStreams(options, {});
  const tools = fake<CallTools>({ streams, debugMode: false });
  return new ConnectionAuthenticator(authenticator, tools, options);
}

describe('A connection', () => {
  beforeAll(() => Logger.overrideLogger(false));

  beforeEach(() => {
    jest.useFakeTimers({ now: NOW * 1000 });
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  it('ends when its token becomes invalid, and not before', async () => {
    const client = new Client();
    await create(100).authenticate(client, request);
    jest.advanceTimersByTime(109_999);
    expect(client.closed).toBeUndefined();
    jest.advanceTimersByTime(1);
    expect(client.closed).toEqual([4403, 'Token expired']);
    expect(client.sent).toEqual([
      JSON.stringify({
        event: 'exception',
        data: { status: 'error', message: 'Unauthorized', statusCode: 401, code: 'token_expired' },
      }),
    ]);
  });

  it('has one timer for any number of gateways, and none after it closes', async () => {
    const client = new Client();
    const authenticator = create(100);
    await authenticator.authenticate(client, request);
    await authenticator.authenticate(client, request);
    expect(jest.getTimerCount()).toBe(1);
    client.leave();
    expect(jest.getTimerCount()).toBe(0);
  });

  it('that closes while its token is verified gets no timer', async () => {
    const client = new Client();
    const authenticator = create(100, () => {
      client.leave();
      return { userId: 'alice' };
    });
    expect(await authenticator.authenticate(client, request)).toBeNull();
    expect(jest.getTimerCount()).toBe(0);
  });

  it('ends on an unexpected error, without details', async () => {
    const client = new Client();
    const authenticator = create(100, () => {
      throw new Error('broken inside');
    });
    expect(await authenticator.authenticate(client, request)).toBeNull();
    expect(client.closed).toEqual([1011, 'Internal Server Error']);
    expect(client.sent).toEqual([]);
  });

  it('is rejected without the request that opened it', async () => {
    const client = new Client();
    expect(await create(100).authenticate(client)).toBeNull();
    expect(client.closed).toEqual([1008, 'Unauthorized']);
  });

  it.each([{}, 7, null, undefined, new EventEmitter()])(
    'must be a connection of socket.io or ws: %p',
    async (client) => {
      await expect(create(100).authenticate(client as object)).rejects.toThrow(TypeError);
    },
  );
});
