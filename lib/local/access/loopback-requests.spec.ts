import type { IncomingMessage } from 'node:http';
import { ForbiddenException, MisdirectedException } from '@nestjs/common';
import { refusalOf } from './loopback-requests.js';

function outcomeOf(host: string | undefined, remoteAddress: string | undefined): unknown {
  return refusalOf({ headers: { host }, socket: { remoteAddress } } as IncomingMessage);
}

describe('refusalOf()', () => {
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
  ])('rejects requests from %s, even with the host localhost', (address) => {
    expect(outcomeOf('localhost:3000', address)).toBeInstanceOf(ForbiddenException);
  });

  it.each(['evil.example', 'localhost.evil.example', undefined])(
    'rejects requests to the host %s',
    (host) => {
      expect(outcomeOf(host, '127.0.0.1')).toBeInstanceOf(MisdirectedException);
    },
  );
});
