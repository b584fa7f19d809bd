import { Rejection } from '../rejections/rejection.js';
import { assertHasScopes } from './scopes.js';

const scopes = ['read', 'write'];

describe('The scopes of an MCP token', () => {
  it.each([[[]], [['read']], [['write', 'read']]])('satisfy %j', (required) => {
    expect(() => assertHasScopes(scopes, required)).not.toThrow();
  });

  it.each([[['admin']], [['read', 'admin']], [['READ']], [['read write']]])(
    'do not satisfy %j: all are required',
    (required) => {
      expect(() => assertHasScopes(scopes, required)).toThrow(new Rejection('scope_missing'));
    },
  );
});
