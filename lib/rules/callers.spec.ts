import {
  acceptsOnly,
  callersOfKinds,
  CONTRADICTION,
  EVERYONE,
  isContradiction,
  isEveryone,
  isOptional,
  isUntraceable,
  kindsOf,
  MCP_CLIENT,
  OPTIONAL_USER,
  optionalCallersOfKinds,
  UNTRACEABLE,
  USER,
  type Callers,
} from './callers.js';

describe('The callers of a handler', () => {
  it.each<[string, Callers, string[], string]>([
    ['everyone', EVERYONE, [], 'everyone'],
    ['nobody, by a contradiction', CONTRADICTION, [], 'contradiction'],
    ['nobody, for want of a method', UNTRACEABLE, [], 'untraceable'],
    ['users', USER, ['user'], ''],
    ['users or nobody', OPTIONAL_USER, ['user'], 'optional'],
    ['MCP clients', MCP_CLIENT, ['mcp'], ''],
    ['two kinds', callersOfKinds({ user: undefined, robot: undefined }), ['user', 'robot'], ''],
    ['whoever is not identified', optionalCallersOfKinds([]), [], 'optional'],
  ])('are %s', (_who, callers, kinds, is) => {
    expect([...kindsOf(callers).keys()]).toEqual(kinds);
    expect({
      everyone: isEveryone(callers),
      contradiction: isContradiction(callers),
      untraceable: isUntraceable(callers),
      optional: isOptional(callers),
    }).toEqual({
      everyone: false,
      contradiction: false,
      untraceable: false,
      optional: false,
      ...(is && { [is]: true }),
    });
    expect(acceptsOnly(callers, 'user')).toBe(kinds.join('') === 'user');
  });
});
