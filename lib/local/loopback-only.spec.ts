import type { IncomingMessage } from 'node:http';
import { ForbiddenException, MisdirectedException } from '@nestjs/common';
import { loopbackOnly } from './loopback-only.js';

/** The outcome of a request: the error, or `undefined` if it is allowed. */
function outcomeOf(
  host: string | undefined,
  remoteAddress: string | undefined,
  headers: Record<string, string> = {},
): unknown {
  const outcomes: unknown[] = [];
  const request = { headers: { host, ...headers }, socket: { remoteAddress } };
  loopbackOnly(request as unknown as IncomingMessage, undefined, (error) => outcomes.push(error));
  expect(outcomes).toHaveLength(1);
  return outcomes[0];
}

function proxied(sender: string): unknown {
  return outcomeOf('localhost:3000', '127.0.0.1', { 'x-forwarded-for': sender });
}

describe('loopbackOnly()', () => {
  it.each(['127.0.0.1', '127.1.2.3', '::1', '::ffff:127.0.0.1'])(
    'allows requests from %s',
    (address) => {
      expect(outcomeOf('localhost:3000', address)).toBeUndefined();
    },
  );

  it.each([
    '192.168.0.7',
    '10.0.0.1',
    '::ffff:192.168.0.7',
    '2001:db8::1',
    'fe80::1',
    '127.evil',
    '',
    undefined,
  ])('rejects requests from %s, also with the host localhost', (address) => {
    expect(outcomeOf('localhost:3000', address)).toBeInstanceOf(ForbiddenException);
  });

  it('rejects requests that a local proxy forwards', () => {
    expect(proxied('192.168.0.7')).toBeInstanceOf(ForbiddenException);
    expect(proxied('127.0.0.1, 192.168.0.7')).toBeInstanceOf(ForbiddenException);
    expect(proxied('127.0.0.1, ::1')).toBeUndefined();
  });

  it.each(['evil.example', 'localhost.evil.example', undefined])(
    'rejects requests to the host %s',
    (host) => {
      expect(outcomeOf(host, '127.0.0.1')).toBeInstanceOf(MisdirectedException);
    },
  );
});
