import { fake } from '../../../test/support/fake.js';
import type { Call } from '../../transports/call.js';
import { assertAllowedOrigin, findMcpToken } from './mcp-request.js';

const callOver = (transport: string): Call =>
  fake<Call>({ transport, request: { headers: { authorization: 'Bearer opaque' } } });

describe('The page that calls an MCP server', () => {
  const options = { allowedOrigins: new Set<string>(), resource: 'https://api.example.com/mcp' };

  it('has to be of an origin that the options list', () => {
    const call = fake<Call>({
      transport: 'http',
      request: { headers: { origin: 'https://evil.example' } },
    });
    expect(() => assertAllowedOrigin(call, options)).toThrow(
      'The Origin of the request is not one of mcpServer.allowedOrigins',
    );
  });

  it('is unknown over stdio, where there is no request', () => {
    const call = fake<Call>({ transport: 'mcp', request: undefined });
    expect(() => assertAllowedOrigin(call, options)).not.toThrow();
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
