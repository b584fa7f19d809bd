import { callerRule, memberRule, ofScopes } from '../../test/support/written-rules.js';
import type { AccessRule } from './rule.js';
import type { ApiKeyKind } from '../types/api-key.js';
import { callerRulesOf, callersUnder, impliedCallers } from './caller-rules.js';
import type { Level } from './rule.js';
import { callersNameOf, callersOf, type CallersName } from '../../test/support/callers.js';
import { MCP_CLIENT, USER } from './callers.js';
import type { Callers } from './callers.js';

const level = (...rules: AccessRule[]): Level => ({ rules, outside: [] });

const method = callerRule('@method');
const overridden = callerRule('@overridden');
const ofClass = callerRule('@class');
const ofModule = callerRule('@module');
const member = memberRule('@member');
const read = ofScopes('read');

function key(apiKeyKind?: ApiKeyKind): AccessRule {
  return { callers: callersOf('api-key', apiKeyKind), decorator: '@key' };
}

describe('The caller rules of a handler', () => {
  it('are those of the innermost level that has any', () => {
    const levels = {
      overridden: [level(overridden)],
      classes: [level(member), level(ofClass)],
      global: level(ofModule),
    };
    expect(callerRulesOf({ ...levels, method: level(method, member) })).toEqual([method]);
    expect(callerRulesOf({ ...levels, method: level(member) })).toEqual([overridden]);
    expect(callerRulesOf({ ...levels, method: level(), overridden: [] })).toEqual([ofClass]);
    const ofNone = { overridden: [], classes: [] };
    expect(callerRulesOf({ ...levels, ...ofNone, method: level(member) })).toEqual([ofModule]);
    expect(callerRulesOf({ ...ofNone, method: level(member), global: level() })).toEqual([]);
  });

  it('are those of the module only where no rule is about another kind of callers', () => {
    const outer = { overridden: [], classes: [], global: level(ofModule) };
    expect(callerRulesOf({ ...outer, method: level(ofScopes('read')) })).toEqual([]);
    expect(callerRulesOf({ ...outer, method: level({ ...member, of: 'api-key' }) })).toEqual([]);
    expect(callerRulesOf({ ...outer, method: level({ ...member, of: 'user' }) })).toEqual([
      ofModule,
    ]);
  });
});

describe('The callers', () => {
  it.each<[CallersName, AccessRule[]]>([
    ['public', [callerRule('@public', 'public')]],
    ['optional', [member, callerRule('@optional', 'optional')]],
    ['nobody', [callerRule('@public', 'public'), callerRule('@optional', 'optional')]],
    ['nobody', [callerRule('@optional', 'optional'), method]],
    ['nobody', [method, key()]],
    ['nobody', [callerRule('@public', 'public'), key()]],
    ['nobody', [callerRule('@mcp', 'mcp'), key()]],
    ['api-key', [key('org'), key('org')]],
    ['nobody', [key('org'), key()]],
    ['nobody', [key('org'), key('personal')]],
  ])('of one level is %s for %j', (mode, rules) => {
    expect(callersNameOf(callersUnder(rules) as Callers)).toBe(mode);
  });

  it('of one level is undefined without caller rules', () => {
    expect(callersUnder([])).toBeUndefined();
    expect(callersUnder([member])).toBeUndefined();
  });

  it('is implied by other rules: an MCP client by scope rules, a user by others', () => {
    expect(impliedCallers([])).toBeUndefined();
    expect(impliedCallers([member])).toEqual(USER);
    expect(impliedCallers([member, read])).toEqual(MCP_CLIENT);
  });
});
