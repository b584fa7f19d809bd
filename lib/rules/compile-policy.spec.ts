import { createParamDecorator, type Type } from '@nestjs/common';
import * as fc from 'fast-check';
import type { OrgSource } from '../options/org-source.interface.js';
import type { AccessRule } from './access-rule.js';
import { recordClassRule, recordMethodRule } from './rule-metadata.js';
import { registerCallerParameter } from './caller-parameters.js';
import type { Policy } from './policy.js';
import { compilePolicy } from './compile-policy.js';
import { permissionsRequirement, roleRequirement, type OrgRequirement } from './org-requirement.js';
import { callersOf, type CallersName } from '../../test/support/callers.js';
import { accessModeOf } from './handler-access.js';
import { apiKeyKindOf } from './callers.js';

/** The rules of the handler, of its class, of the class above, and so on. */
type Levels = readonly (readonly AccessRule[])[];

const MODES: readonly CallersName[] = [
  'user',
  'api-key',
  'user-or-api-key',
  'mcp',
  'optional',
  'public',
];

/** The modes of which one is stricter than the other. */
const ABOUT_USERS: readonly CallersName[] = ['user', 'optional', 'public'];

/** Of which callers a rule can say yes or no. */
const CAN_HOLD: Record<string, readonly CallersName[]> = {
  org: ['user', 'api-key', 'user-or-api-key', 'mcp'],
  impersonation: ['user', 'user-or-api-key'],
  'step-up': ['user'],
  scope: ['mcp'],
};

const member: OrgRequirement = { kind: 'member' };
const admin = roleRequirement('Admin', false);
const owner = roleRequirement('Owner', true);
const billing = permissionsRequirement('can_view_billing');

const sourceOfModule: OrgSource = () => ({ orgId: 'module' });
const sourceOfMcpToken: OrgSource = () => ({ orgId: 'token' });
const defaultSources = { ofModule: sourceOfModule, ofMcpToken: sourceOfMcpToken };
const sourceA: OrgSource = () => ({ orgId: 'a' });
const sourceB: OrgSource = () => ({ orgId: 'b' });

function user(mode: CallersName): AccessRule {
  return { kind: 'caller', callers: callersOf(mode), decorator: `@${mode}` };
}

const noImpersonation: AccessRule = { kind: 'impersonation', decorator: '@noImpersonation' };

function stepUp(actionType: string): AccessRule {
  return {
    kind: 'step-up',
    requirement: { actionType, grantHeader: 'x-grant' },
    decorator: '@stepUp',
  };
}

function scope(...scopes: string[]): AccessRule {
  return { kind: 'scope', scopes, decorator: '@scope' };
}

function org(requirement: OrgRequirement, source?: OrgSource): AccessRule {
  return { kind: 'org', requirement, source, decorator: '@org' };
}

/** Writes rules as decorators do, on a handler and on classes that extend one another, and compiles them. */
function compile([ofHandler = [], ...ofClasses]: Levels): Policy {
  // Any function will do, as long as it is a new one: rules are kept on it.
  const handler = jest.fn();
  let controller: Type = class {};
  ofClasses.toReversed().forEach((rules, index) => {
    if (index > 0) controller = class extends controller {};
    for (const rule of rules) recordClassRule(controller, rule);
  });
  for (const rule of ofHandler) recordMethodRule(controller, 'handle', rule);
  return compilePolicy(controller, 'handle', handler, defaultSources);
}

describe('The callers', () => {
  it('is a required user by default if the guard runs', () => {
    expect(compile([[], []])).toEqual({
      callers: callersOf('user'),
      isExplicit: false,
      tokenSources: [],
      deniesImpersonation: false,
      orgSources: [],
      orgRequirements: [],
      stepUps: [],
      scopes: [],
      metadata: [],
    });
  });

  describe.each(MODES)('%s', (mode) => {
    it('comes from the handler, whatever decorators its classes have', () => {
      for (const other of MODES) {
        expect(accessModeOf(compile([[user(mode)], [user(other)], [user(other)]]).callers)).toBe(
          mode,
        );
      }
    });

    it('comes from the class without a decorator on the handler', () => {
      for (const other of MODES)
        expect(accessModeOf(compile([[], [user(mode)], [user(other)]]).callers)).toBe(mode);
    });

    it('comes from the parent class without a decorator on handler and class', () => {
      expect(accessModeOf(compile([[], [], [user(mode)]]).callers)).toBe(mode);
    });
  });

  it.each<[CallersName, CallersName[]]>([
    ['user', ['public', 'user', 'optional']],
    ['optional', ['public', 'optional']],
  ])('is %s, the strictest, if one level has %j', (mode, words) => {
    expect(accessModeOf(compile([words.map(user)]).callers)).toBe(mode);
    expect(accessModeOf(compile([words.toReversed().map(user)]).callers)).toBe(mode);
    expect(accessModeOf(compile([[], words.map(user)]).callers)).toBe(mode);
  });

  const withoutMembership = ABOUT_USERS.filter((mode) => !CAN_HOLD['org']?.includes(mode));

  it.each(withoutMembership)(
    'is a required user under an organization rule of a class with %s',
    (mode) => {
      expect(accessModeOf(compile([[], [user(mode), org(member)]]).callers)).toBe('user');
    },
  );

  it.each(withoutMembership)(
    'is a required user under an organization rule of a handler whose class has %s',
    (mode) => {
      expect(accessModeOf(compile([[org(member)], [user(mode)]]).callers)).toBe('user');
    },
  );

  it.each(['api-key', 'user-or-api-key', 'mcp'] as const)(
    'stays %s under an organization rule, because keys and tokens can be in organizations',
    (mode) => {
      expect(accessModeOf(compile([[user(mode), org(admin)], [org(member)]]).callers)).toBe(mode);
      expect(accessModeOf(compile([[org(admin)], [user(mode)]]).callers)).toBe(mode);
    },
  );

  it.each(['api-key', 'user-or-api-key'] as const)(
    'treats one kind of API key as stricter than either kind, if one level has %s for both',
    (mode) => {
      const either = user(mode);
      const one: AccessRule = {
        kind: 'caller',
        callers: callersOf(mode, 'org'),
        decorator: '@org',
      };
      expect(apiKeyKindOf(compile([[either, one]]).callers)).toBe('org');
      expect(apiKeyKindOf(compile([[one, either]]).callers)).toBe('org');
    },
  );

  it('is a required user under step-up MFA, but not under @RequireApiKey()', () => {
    for (const mode of MODES) {
      expect(accessModeOf(compile([[user(mode), stepUp('A')]]).callers)).toBe(
        ABOUT_USERS.includes(mode) ? 'user' : 'nobody',
      );
    }
  });
});

describe('Scope rules', () => {
  it.each<[CallersName, Levels]>([
    ['mcp', [[scope('read')], []]],
    ['mcp', [[], [scope('read')]]],
    ['mcp', [[scope('read'), org(admin)], []]],
    ['mcp', [[scope('read')], [org(admin)]]],
    ['mcp', [[org(admin)], [scope('read')]]],
    ['mcp', [[scope('read')], [user('optional')]]],
    ['mcp', [[scope('read')], [user('public')]]],
    ['mcp', [[user('mcp')], [user('user')], [scope('read')]]],
    ['nobody', [[scope('read')], [user('user')]]],
    ['nobody', [[scope('read')], [user('user-or-api-key')]]],
    ['nobody', [[user('api-key')], [scope('read')]]],
    ['nobody', [[user('user'), scope('read')]]],
    ['nobody', [[scope('read'), stepUp('A')]]],
    ['nobody', [[user('mcp'), noImpersonation]]],
    ['nobody', [[user('optional')], [scope('read'), stepUp('A')]]],
    ['public', [[user('public')], [scope('read')]]],
  ])('imply an MCP token, and reject callers without one: %s under %j', (mode, levels) => {
    expect(accessModeOf(compile(levels).callers)).toBe(mode);
  });

  it('of the handler, the class and its parents add up, each scope once', () => {
    const levels = [
      [scope('write')],
      [user('mcp'), scope('read', 'write')],
      [],
      [scope('admin', 'read')],
    ];
    expect(compile(levels).scopes).toEqual(['write', 'read', 'admin']);
  });
});

const userParameter = (): undefined => undefined;
registerCallerParameter(userParameter, '@CurrentUser()');
const takesUser = createParamDecorator(userParameter);

class Taking {
  handle(caller: unknown) {
    return caller;
  }
}
takesUser()(Taking.prototype, 'handle', 0);

function policyOf(controller: Type, ...rules: AccessRule[]): Policy {
  for (const rule of rules) recordClassRule(controller, rule);
  const { handle: handler } = controller.prototype as { handle: Function };
  return compilePolicy(controller, 'handle', handler, defaultSources);
}

describe('The current user of an MCP token', () => {
  it.each<[string, Levels, true | undefined]>([
    ['an organization rule', [[user('mcp'), org(admin)]], true],
    ['an organization rule of the class', [[scope('read')], [org(member)]], true],
    ['a scope', [[scope('read')]], undefined],
    ['a token', [[user('mcp')]], undefined],
    ['an organization rule about users', [[org(admin)]], undefined],
  ])('is needed only under organization rules: %s', (_what, levels, isNeeded) => {
    expect(compile(levels).needsPresentUser).toBe(isNeeded);
  });

  it('is needed for @CurrentUser(), including an inherited one', () => {
    expect(policyOf(class extends Taking {}, user('mcp')).needsPresentUser).toBe(true);
    class Overriding extends Taking {
      override handle() {
        return undefined;
      }
    }
    expect(policyOf(Overriding, user('mcp')).needsPresentUser).toBe(true);
  });

  it('is not needed by other callers', () => {
    expect(policyOf(class extends Taking {}, user('user')).needsPresentUser).toBeUndefined();
  });
});

describe('Organization rules', () => {
  it('of the handler, the class and its parents add up', () => {
    const levels = [[org(admin)], [org(billing), org(owner)], [], [org(member)]];
    expect(compile(levels).orgRequirements).toEqual([admin, billing, owner, member]);
  });

  it.each(['user', 'optional'] as const)('are not lifted by %s on the handler', (mode) => {
    expect(compile([[user(mode)], [org(admin)]])).toMatchObject({
      callers: callersOf('user'),
      orgRequirements: [admin],
    });
  });

  it.each(MODES)('are not lifted by %s on the class', (mode) => {
    expect(compile([[], [user(mode)], [org(admin)]]).orgRequirements).toEqual([admin]);
    expect(compile([[org(admin)], [user(mode)]]).orgRequirements).toEqual([admin]);
  });

  it('of the classes are lifted by @Public() on the handler', () => {
    expect(
      compile([
        [user('public')],
        [org(admin), stepUp('A')],
        [org(owner), noImpersonation, scope('read')],
      ]),
    ).toEqual({
      callers: callersOf('public'),
      isExplicit: true,
      tokenSources: [],
      deniesImpersonation: false,
      orgSources: [],
      orgRequirements: [],
      stepUps: [],
      scopes: [],
      metadata: [],
    });
  });

  it.each<[string, AccessRule[]]>([
    ['an organization rule', [user('public'), org(member)]],
    ['a required user', [user('public'), user('user')]],
  ])('of the handler apply despite @Public(): %s', (_what, rules) => {
    expect(accessModeOf(compile([rules]).callers)).toBe('user');
  });

  it('of the classes apply when the handler is both @Public() and @RequireUser()', () => {
    const access = compile([[user('public'), user('user')], [org(admin)]]);
    expect(access.orgRequirements).toEqual([admin]);
  });

  it('of a class do not apply to its parent', () => {
    class Parent {}
    class Child extends Parent {}
    const handler = jest.fn();
    recordClassRule(Child, org(admin));
    expect(compilePolicy(Parent, 'handle', handler, defaultSources).orgRequirements).toEqual([]);
    expect(compilePolicy(Child, 'handle', handler, defaultSources).orgRequirements).toEqual([
      admin,
    ]);
  });
});

describe('The organization source', () => {
  it.each<[string, Levels, OrgSource[]]>([
    ['the module’s if no level names one', [[org(admin)], [org(member)]], [sourceOfModule]],
    ['its own if a rule names one', [[org(admin, sourceA)]], [sourceA]],
    ['the class’s for a rule without one', [[org(admin)], [org(member, sourceA)]], [sourceA]],
    [
      'not the handler’s for a rule of the class',
      [[org(admin, sourceA)], [org(member)]],
      [sourceA, sourceOfModule],
    ],
    ['that of a rule next to it', [[org(admin), org(member, sourceA)]], [sourceA]],
    [
      'the nearest outer level’s for rules without one',
      [[org(admin)], [org(member)], [org(owner, sourceB)]],
      [sourceB],
    ],
    [
      'each of the named ones, once',
      [[org(admin, sourceA)], [org(member, sourceB)], [org(owner, sourceA)]],
      [sourceA, sourceB],
    ],
    ['none without organization rules', [[user('user')]], []],
    ['the token’s for MCP clients', [[user('mcp'), org(admin)], [org(member)]], [sourceOfMcpToken]],
    [
      'one that a decorator names, for MCP clients too',
      [[scope('read'), org(admin)], [org(member, sourceA)], [org(owner)]],
      [sourceA, sourceOfMcpToken],
    ],
  ])('is %s', (_which, levels, sources) => {
    expect(compile(levels).orgSources).toEqual(sources);
  });
});

function from(tokenSource: (() => string) | undefined, rule: AccessRule): AccessRule {
  return { ...rule, tokenSource };
}

describe('The token source', () => {
  const [headerA, headerB] = ['a', 'b'].map((token) => () => token);

  it.each<[string, Levels, unknown[]]>([
    ['nowhere', [[user('user')], [org(member)]], []],
    ['on the handler', [[from(headerA, user('user'))], [from(headerB, user('user'))]], [headerA]],
    ['on the class', [[user('user')], [from(headerB, org(member))]], [headerB]],
    ['on the parent class', [[], [user('user')], [from(headerA, user('user'))]], [headerA]],
    [
      'several times',
      [[from(headerB, org(member)), from(headerA, user('user')), from(headerB, org(admin))]],
      [headerB, headerA],
    ],
  ])('is that of the nearest level that sets one: %s', (_where, levels, sources) => {
    expect(compile(levels).tokenSources).toEqual(sources);
  });
});

function keys(mode: CallersName, apiKeyKind: 'org' | 'personal'): AccessRule {
  return { kind: 'caller', callers: callersOf(mode, apiKeyKind), decorator: `@${mode}` };
}

describe('The kind of API keys', () => {
  it('is that of the rules about keys', () => {
    expect(apiKeyKindOf(compile([[keys('api-key', 'org')], []]).callers)).toBe('org');
    expect(
      apiKeyKindOf(compile([[user('api-key')], [keys('api-key', 'org')]]).callers),
    ).toBeUndefined();
  });

  it('is undefined if all callers are rejected', () => {
    for (const rule of [user('user'), scope('read')]) {
      const { callers } = compile([[keys('api-key', 'org'), rule]]);
      expect(callers).toEqual(callersOf('nobody'));
      expect(apiKeyKindOf(callers)).toBeUndefined();
    }
  });
});

function says(rules: readonly AccessRule[]): CallersName | undefined {
  const said = MODES.filter((mode) =>
    rules.some((rule) => rule.kind === 'caller' && accessModeOf(rule.callers) === mode),
  );
  if (said.length < 2) return said[0];
  return said.every((mode) => ABOUT_USERS.includes(mode)) ? said[0] : 'nobody';
}

/** The design's chapter "Rules of access", put as briefly as it can be. */
function reference([ofHandler = [], ...ofClasses]: Levels): Policy {
  const denyingIn = (levels: Levels) => levels.flat().filter((rule) => rule.kind !== 'caller');
  const levels = [ofHandler, ...ofClasses];
  const lifted = says(ofHandler) === 'public' && denyingIn([ofHandler]).length === 0;
  const denying = lifted ? denyingIn([ofHandler]) : denyingIn(levels);
  const orgRules = denying.filter((rule) => rule.kind === 'org');
  const implied = denying.some(({ kind }) => kind === 'scope') ? 'mcp' : 'user';
  const said = levels.map(says).find(Boolean) ?? implied;
  const isMet = (mode: CallersName) => denying.every(({ kind }) => CAN_HOLD[kind]?.includes(mode));
  const instead = ['optional', 'public'].includes(said) && isMet(implied) ? implied : 'nobody';
  const mode = isMet(said) ? said : instead;
  const byDefault = mode === 'mcp' ? sourceOfMcpToken : sourceOfModule;
  const sources = (lifted ? [ofHandler] : levels).flatMap((level, index) => {
    const outer = levels
      .slice(index)
      .flat()
      .filter((rule) => rule.kind === 'org');
    const named = outer.find(({ source }) => source !== undefined)?.source ?? byDefault;
    return level.filter((rule) => rule.kind === 'org').map(({ source }) => source ?? named);
  });
  const stepUps = denying.filter((rule) => rule.kind === 'step-up');
  return {
    callers: callersOf(mode),
    isExplicit: levels.flat().length > 0,
    tokenSources: [],
    deniesImpersonation: denying.some(({ kind }) => kind === 'impersonation'),
    orgSources: [...new Set(sources)],
    orgRequirements: orgRules.map(({ requirement }) => requirement),
    stepUps: ['A', 'B']
      .map((action) => stepUps.find(({ requirement }) => requirement.actionType === action))
      .filter((rule) => rule !== undefined)
      .toSorted((one, other) => stepUps.indexOf(one) - stepUps.indexOf(other))
      .map(({ requirement }) => requirement),
    scopes: [...new Set(denying.flatMap((rule) => (rule.kind === 'scope' ? rule.scopes : [])))],
    metadata: [],
    ...(mode === 'mcp' && orgRules.length > 0 && { needsPresentUser: true }),
  };
}

function leniencyOf({ callers }: Policy): number {
  return MODES.indexOf(accessModeOf(callers) as CallersName);
}

describe('Any combination of rules', () => {
  const rule = fc.oneof(
    fc.constantFrom(...MODES).map(user),
    fc.constantFrom(noImpersonation, stepUp('A'), stepUp('B'), scope('read'), scope('write')),
    fc
      .tuple(
        fc.constantFrom(member, admin, owner, billing),
        fc.constantFrom(undefined, sourceA, sourceB),
      )
      .map(([requirement, source]) => org(requirement, source)),
  );
  const levels: fc.Arbitrary<Levels> = fc.array(fc.array(rule, { maxLength: 3 }), {
    minLength: 2,
    maxLength: 4,
  });
  const reproducible = { seed: 1, numRuns: 1_000 };

  it('compiles to the policy of the reference implementation', () => {
    fc.assert(
      fc.property(levels, (rules) => expect(compile(rules)).toEqual(reference(rules))),
      reproducible,
    );
  });

  it('only gets stricter with one more organization rule, at any level', () => {
    fc.assert(
      fc.property(levels, fc.nat(3), (rules, place) => {
        const stricter = rules.map((level, index) =>
          index === place % rules.length ? [...level, org(owner)] : level,
        );
        const [before, after] = [compile(rules), compile(stricter)];
        expect(after.orgRequirements).toEqual(expect.arrayContaining([...before.orgRequirements]));
        expect(leniencyOf(after)).toBeLessThanOrEqual(leniencyOf(before));
      }),
      reproducible,
    );
  });
});
