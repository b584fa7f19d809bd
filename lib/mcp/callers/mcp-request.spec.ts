import { fake } from '../../../test/support/fake.js';
import type { Call } from '../../transports/call.js';
import { findMcpToken } from './mcp-request.js';

const callOver = (transport: string): Call =>
  fake<Call>({ transport, request: { headers: { authorization: 'Bearer opaque' } } });

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
