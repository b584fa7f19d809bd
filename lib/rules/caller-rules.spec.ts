import { callerRule, memberRule } from '../../test/support/written-rules.js';
import type { AccessRule, ApiKeyKind, CallerMode } from './access-rule.js';
import { callerRulesOf, impliedMode, modeOf } from './caller-rules.js';
import type { Level } from './handler-levels.js';

const level = (...rules: AccessRule[]): Level => ({ rules, outside: [] });

const method = callerRule('@method');
const overridden = callerRule('@overridden');
const ofClass = callerRule('@class');
const member = memberRule('@member');
const read: AccessRule = { kind: 'scope', scopes: ['read'], decorator: '@scope' };

function key(apiKeyKind?: ApiKeyKind): AccessRule {
  return { kind: 'caller', mode: 'api-key', apiKeyKind, decorator: '@key' };
}

describe('The caller rules of a handler', () => {
  it('are those of the innermost level that has any', () => {
    const levels = { overridden: [level(overridden)], classes: [level(member), level(ofClass)] };
    expect(callerRulesOf({ ...levels, method: level(method, member) })).toEqual([method]);
    expect(callerRulesOf({ ...levels, method: level(member) })).toEqual([overridden]);
    expect(callerRulesOf({ ...levels, method: level(), overridden: [] })).toEqual([ofClass]);
    expect(callerRulesOf({ method: level(member), overridden: [], classes: [] })).toEqual([]);
  });
});

describe('The caller mode', () => {
  it.each<[CallerMode, AccessRule[]]>([
    ['public', [callerRule('@public', 'public')]],
    ['webhook', [callerRule('@webhook', 'webhook')]],
    ['optional', [member, callerRule('@optional', 'optional')]],
    ['optional', [callerRule('@public', 'public'), callerRule('@optional', 'optional')]],
    ['user', [callerRule('@optional', 'optional'), method, callerRule('@public', 'public')]],
    ['nobody', [method, key()]],
    ['nobody', [callerRule('@public', 'public'), callerRule('@webhook', 'webhook')]],
    ['nobody', [callerRule('@mcp', 'mcp'), key()]],
    ['api-key', [key('org'), key('org')]],
    ['api-key', [key('org'), key()]],
    ['nobody', [key('org'), key('personal')]],
  ])('is %s, the strictest of one level, for %j', (mode, rules) => {
    expect(modeOf(rules)).toBe(mode);
  });

  it('of one level is undefined without caller rules', () => {
    expect(modeOf([])).toBeUndefined();
    expect(modeOf([member])).toBeUndefined();
  });

  it('is implied by other rules: an MCP client by scope rules, a user by others', () => {
    expect(impliedMode([])).toBeUndefined();
    expect(impliedMode([member])).toBe('user');
    expect(impliedMode([member, read])).toBe('mcp');
  });
});
