import { readAuthorizationHeader, readBearerToken } from './http-call.js';
import type { RequestHeaders } from '../request-headers.js';
import { Rejection } from '../../rejections/rejection.js';

describe('readAuthorizationHeader', () => {
  it.each<[string, RequestHeaders]>([
    ['in the raw headers', { headers: { authorization: 'x' }, rawHeaders: ['Authorization', 'x'] }],
    [
      'in the raw headers of an adapter’s request',
      { headers: { authorization: 'x' }, raw: { rawHeaders: ['authorization', 'x'] } },
    ],
    ['without raw headers', { headers: { authorization: 'x' } }],
    [
      'next to headers with similar names or values',
      {
        headers: { authorization: 'x' },
        rawHeaders: ['Authorization', 'x', 'X-Header', 'authorization', 'Authorizatio\u0144', 'y'],
      },
    ],
  ])('finds the only header %s', (_where, request) => {
    expect(readAuthorizationHeader(request)).toBe('x');
  });

  it('returns undefined without a header', () => {
    expect(
      readAuthorizationHeader({ headers: {}, rawHeaders: ['Host', 'example.com'] }),
    ).toBeUndefined();
  });

  it('returns an empty header as it is', () => {
    expect(readAuthorizationHeader({ headers: { authorization: '' } })).toBe('');
  });

  it.each<[string, RequestHeaders]>([
    [
      'twice',
      { headers: { authorization: 'x' }, rawHeaders: ['Authorization', 'x', 'Authorization', 'y'] },
    ],
    [
      'twice in different cases',
      { headers: { authorization: 'x' }, rawHeaders: ['AUTHORIZATION', 'x', 'authorization', 'x'] },
    ],
    [
      'twice in an adapter’s request',
      {
        headers: { authorization: 'x' },
        raw: { rawHeaders: ['Authorization', 'x', 'A', 'b', 'authorization', 'y'] },
      },
    ],
  ])('rejects a header that is sent %s', (_how, request) => {
    expect(() => readAuthorizationHeader(request)).toThrow(new Rejection('token_malformed'));
  });
});

describe('readBearerToken', () => {
  it.each(['Bearer', 'bearer', 'BEARER', 'bEaReR'])('accepts the scheme as %s', (scheme) => {
    expect(readBearerToken(`${scheme} token`)).toBe('token');
  });

  it.each([
    ['Bearer ', ''],
    ['Bearer  token', ' token'],
    ['Bearer token ', 'token '],
    ['Bearer a b', 'a b'],
  ])('leaves the text after the single space of %j to the shape check', (header, rest) => {
    expect(readBearerToken(header)).toBe(rest);
  });

  it.each([
    undefined,
    '',
    'token',
    'Bear',
    ' Bearer token',
    'Basic dXNlcjpwYXNz',
    'BearerX token',
    'Bearer\ttoken',
    'Bearer:token',
    'Bearertoken',
    'Token Bearer token',
  ])('finds no bearer token in %j', (header) => {
    expect(readBearerToken(header)).toBeUndefined();
  });

  it.each([
    ['the scheme alone', 'Bearer'],
    ['a list of headers', ['Bearer x', 'Bearer y']],
    ['null', null],
  ])('treats %s as malformed', (_what, header) => {
    expect(() => readBearerToken(header)).toThrow(new Rejection('token_malformed'));
  });
});
