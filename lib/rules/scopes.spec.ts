import { Rejection } from '../rejections/rejection.js';
import type { McpToken } from '../types/mcp-token.interface.js';
import { assertHasScopes, hasScopes } from './scopes.js';

const token: McpToken = {
  userId: 'alice',
  clientId: 'client',
  scopes: ['read', 'write'],
  expiresAt: 0,
};

describe('The scopes of an MCP token', () => {
  it.each([[[]], [['read']], [['write', 'read']]])('satisfy %j', (required) => {
    expect(hasScopes(token, required)).toBe(true);
    expect(() => assertHasScopes(token, required)).not.toThrow();
  });

  it.each([[['admin']], [['read', 'admin']], [['READ']], [['read write']]])(
    'do not satisfy %j: all are required',
    (required) => {
      expect(hasScopes(token, required)).toBe(false);
      expect(() => assertHasScopes(token, required)).toThrow(new Rejection('scope_missing'));
    },
  );
});
