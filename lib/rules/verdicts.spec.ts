import { kindsOfPropelAuth, ofScopes } from '../../test/support/written-rules.js';
import { callersOfKinds, EVERYONE, MCP_CLIENT, USER } from './callers.js';
import { canBeChecked, onlyKindIn } from './verdicts.js';

describe('The only kind of callers', () => {
  it.each([
    ['is the one that is accepted', MCP_CLIENT, 'mcp'],
    ['is none of several', callersOfKinds({ user: undefined, mcp: undefined }), undefined],
    ['is none where everyone is accepted', EVERYONE, undefined],
    ['is none that is not known', callersOfKinds({ robot: undefined }), undefined],
  ])('%s', (_what, callers, name) => {
    expect(onlyKindIn(callers, kindsOfPropelAuth)?.name).toBe(name);
  });
});

describe('A rule about scopes', () => {
  const level = { rules: [], outside: [] };
  const rule = { ...ofScopes('read'), level };

  it('can be checked on a kind that the application does not have, which is an error of its own', () => {
    expect(canBeChecked(rule, callersOfKinds({ robot: undefined }), kindsOfPropelAuth)).toBe(true);
  });

  it('cannot be checked on users, not even as a global rule', () => {
    const asGlobal = { ...rule, level: { ...level, isGlobal: true as const } };
    expect(canBeChecked(rule, USER, kindsOfPropelAuth)).toBe(false);
    expect(canBeChecked(asGlobal, USER, kindsOfPropelAuth)).toBe(false);
    expect(canBeChecked(asGlobal, EVERYONE, kindsOfPropelAuth)).toBe(false);
  });
});
