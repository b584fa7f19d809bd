import { fake } from '../../../test/support/fake.js';
import { Rejection } from '../../rejections/rejection.js';
import type { Call } from '../../transports/call.js';
import { assertAllowedOrigin, findMcpToken } from './mcp-request.js';

const callOver = (transport: string): Call =>
  fake<Call>({ transport, request: { headers: { authorization: 'Bearer opaque' } } });

describe('The Origin of a request of an MCP client', () => {
  const INSPECTOR = 'https://inspector.example.com';
  const options = {
    allowedOrigins: new Set([INSPECTOR, 'http://localhost:6274']),
    resource: 'https://api.example.com/mcp',
  };
  const check = (headers: Record<string, string> | undefined, transport = 'http') => {
    const call = fake<Call>({ transport, request: headers && { headers } });
    return () => assertAllowedOrigin(call, options);
  };

  it.each<[string, string | undefined]>([
    ['one of mcpServer.allowedOrigins', INSPECTOR],
    ['another of them', 'http://localhost:6274'],
    ['that of mcpServer.resource, which is the application’s own', 'https://api.example.com'],
    ['missing, as in all clients except browsers', undefined],
  ])('can be %s', (_what, origin) => {
    expect(check(origin === undefined ? {} : { origin })).not.toThrow();
  });

  it.each<[string, string]>([
    ['another', 'https://attacker.example.com'],
    ['an opaque origin', 'null'],
    ['an empty string', ''],
    ['the same with another scheme', 'http://inspector.example.com'],
    ['the same with another port', 'http://localhost:6275'],
    ['the same with its default port', `${INSPECTOR}:443`],
    ['the same in another case', INSPECTOR.toUpperCase()],
    ['the same with a trailing slash', `${INSPECTOR}/`],
    ['one with the same prefix', `${INSPECTOR}.attacker.example`],
    ['one with the same suffix', 'https://attacker-inspector.example.com'],
    ['a subdomain of it', 'https://evil.inspector.example.com'],
    ['two in one', `${INSPECTOR}, ${INSPECTOR}`],
    ['two with a space', `${INSPECTOR} https://attacker.example.com`],
    ['a wildcard', '*'],
  ])('must not be %s', (_what, origin) => {
    for (const transport of ['http', 'mcp']) {
      expect(check({ origin }, transport)).toThrow(
        'The Origin of the request is not one of mcpServer.allowedOrigins',
      );
    }
  });

  it('must not be that of Host', () => {
    const origin = 'https://attacker.example.com';
    expect(check({ origin, host: 'attacker.example.com' })).toThrow(Rejection);
  });

  it('is unknown over stdio, where there is no request', () => {
    expect(check(undefined, 'mcp')).not.toThrow();
  });
});

describe('The token of an MCP client', () => {
  it.each([
    ['http', 'opaque'],
    ['mcp', 'opaque'],
    ['websocket', undefined],
    ['graphql', undefined],
  ])('comes with an HTTP request or the call of a tool alone: %s', (transport, token) => {
    expect(findMcpToken(callOver(transport))).toBe(token);
  });
});
