import { createParamDecorator, type Type } from '@nestjs/common';
import * as fc from 'fast-check';
import type { OrgSource } from '../options/org-source.interface.js';
import {
  combinedByName,
  kindsOfPropelAuth,
  noImpersonation,
  ofOrg,
  ofScopes,
  ofStepUp,
  noOwn,
} from '../../test/support/written-rules.js';
import { isCallerRule, isRule, type AccessRule } from './rule.js';
import { isOrgRule } from './org/org-argument.js';
import { orgRule } from './org/org-rule.js';
import { scopeRule } from './scope/scope-rule.js';
import type { StepUpRequirement } from './step-up/step-up-verifier.js';
import { recordClassRule, recordMethodRule } from './rule-metadata.js';
import { registerCallerParameter } from './caller-parameters.js';
import { combinedOf, type Policy } from './policy.js';
import { compilePolicy, type HandlerContext } from './compile-policy.js';
import {
  permissionsRequirement,
  roleRequirement,
  type OrgRequirement,
} from './org/org-requirement.js';
import { callersNameOf, callersOf, type CallersName } from '../../test/support/callers.js';

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

/** Of which callers a rule can say yes or no. */
const CAN_HOLD: Record<string, readonly CallersName[]> = {
  org: ['user', 'api-key', 'user-or-api-key', 'mcp'],
  impersonation: ['user', 'user-or-api-key'],
  'step-up': ['user'],
  scope: ['mcp'],
};

const member: OrgRequirement = { type: 'member' };
const admin = roleRequirement('Admin', false);
const owner = roleRequirement('Owner', true);
const billing = permissionsRequirement('can_view_billing');

const sourceOfModule: OrgSource = () => ({ orgId: 'module' });
const sourceOfMcpToken: OrgSource = () => ({ orgId: 'token' });
/** The parent of handlers that a library serves for MCP clients alone. */
class OfLibrary {}
const ANY_FUNCTION: unknown = expect.any(Function);
const CONTEXT: HandlerContext = {
  globalRules: [],
  orgSource: sourceOfModule,
  kinds: (name) => {
    const kind = kindsOfPropelAuth(name);
    return kind && name === 'mcp' ? Object.assign(kind, { orgSource: sourceOfMcpToken }) : kind;
  },
  own: noOwn,
  roleOf: ({ prototype }) =>
    prototype instanceof OfLibrary ? { onlyKind: 'mcp', isEndpoint: false } : undefined,
};
const sourceA: OrgSource = () => ({ orgId: 'a' });
const sourceB: OrgSource = () => ({ orgId: 'b' });

function user(mode: CallersName): AccessRule {
  return { callers: callersOf(mode), decorator: `@${mode}` };
}

function keys(mode: CallersName, apiKeyKind: 'org' | 'personal'): AccessRule {
  return { callers: callersOf(mode, apiKeyKind), decorator: `@${mode}` };
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
  return compilePolicy(controller, 'handle', handler, CONTEXT);
}

function withNames({ decorator: _decorator, ...policy }: Policy) {
  return { ...policy, checks: combinedByName(policy) };
}

function requirementsOf(policy: Policy): readonly OrgRequirement[] {
  return combinedOf(policy, orgRule)?.requirements ?? [];
}

describe('The callers of a handler', () => {
  it('are required users by default if the guard runs', () => {
    expect(compile([[], []])).toEqual({
      callers: callersOf('user'),
      isExplicit: false,
      tokenSources: [],
      checks: [],
    });
  });

  it('have the kind of API keys that the nearest rule about keys names', () => {
    const ofOrgs = keys('api-key', 'org');
    expect(compile([[ofOrgs], []]).callers).toEqual(callersOf('api-key', 'org'));
    expect(compile([[user('api-key')], [ofOrgs]]).callers).toEqual(callersOf('api-key'));
    for (const rule of [user('user'), user('api-key'), ofScopes('read')]) {
      expect(compile([[ofOrgs, rule]]).callers).toEqual(callersOf('nobody'));
    }
    const [ofUserOrOrgs, either] = [keys('user-or-api-key', 'org'), user('user-or-api-key')];
    expect(compile([[ofUserOrOrgs, either]]).callers).toEqual(callersOf('nobody'));
  });
});

describe('A rule whose type is not listed', () => {
  it('fails instead of being lost', () => {
    const type = { ...scopeRule, name: 'curfew' };
    const rule: AccessRule = { type, argument: [], decorator: '@RequireCurfew()' };
    expect(() => compile([[rule]])).toThrow('@RequireCurfew() has a type of rules that is not in');
  });
});

const userParameter = (): undefined => undefined;
registerCallerParameter(userParameter, { name: '@CurrentUser()', isUser: true });
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
  return compilePolicy(controller, 'handle', handler, CONTEXT);
}

describe('The user behind a credential', () => {
  it.each<[string, Levels, true | undefined]>([
    ['an organization rule', [[user('mcp'), ofOrg(admin)]], true],
    ['an organization rule of the class', [[ofScopes('read')], [ofOrg(member)]], true],
    ['a scope', [[ofScopes('read')]], undefined],
    ['a token', [[user('mcp')]], undefined],
    ['step-up', [[ofStepUp('DELETE')]], undefined],
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
});

describe('Organization rules', () => {
  it('of the classes are lifted by @Public() on the handler, which the policy names', () => {
    const policy = compile([
      [user('public')],
      [ofOrg(admin), ofStepUp('A')],
      [ofOrg(owner), noImpersonation, ofScopes('read')],
    ]);
    expect(policy).toEqual({
      decorator: '@public',
      callers: callersOf('public'),
      isExplicit: true,
      tokenSources: [],
      checks: [],
    });
  });

  it('of a class do not apply to its parent', () => {
    class Parent {}
    class Child extends Parent {}
    const handler = jest.fn();
    recordClassRule(Child, ofOrg(admin));
    const [ofParent, ofChild] = [Parent, Child].map((type) =>
      compilePolicy(type, 'handle', handler, CONTEXT),
    );
    expect(ofParent && requirementsOf(ofParent)).toEqual([]);
    expect(ofChild && requirementsOf(ofChild)).toEqual([admin]);
  });
});

const ofToken = (): string => 'token';

describe('@OverrideRules()', () => {
  const override: AccessRule = { overrides: 'classes', decorator: '@OverrideRules()' };

  it('drops the rules of the class and of parent classes, not those beside it', () => {
    const policy = compile([
      [override, ofOrg(member)],
      [ofOrg(admin), ofStepUp('A')],
      [noImpersonation],
    ]);
    expect(requirementsOf(policy)).toEqual([member]);
    expect(Object.keys(combinedByName(policy))).toEqual(['org']);
  });

  it.each<[string, CallersName, Levels]>([
    ['that the class names', 'api-key', [[override], [user('api-key'), ofOrg(admin)]]],
    [
      'that a parent class names',
      'user-or-api-key',
      [[override], [ofOrg(admin)], [user('user-or-api-key')]],
    ],
    ['that a rule of the class implies', 'mcp', [[override], [ofScopes('read')]]],
    [
      'that it implies instead of an optional user',
      'user',
      [[override], [user('optional'), ofOrg(admin)]],
    ],
    ['that it implies instead of everyone', 'user', [[override], [user('public'), ofOrg(admin)]]],
    ['that the handler names', 'optional', [[override, user('optional')], [ofOrg(admin)]]],
    ['that only a dropped rule rejects', 'api-key', [[override, user('api-key')], [ofStepUp('A')]]],
    [
      'that a rule of the handler rejects',
      'nobody',
      [
        [override, ofStepUp('A')],
        [user('api-key'), ofOrg(admin)],
      ],
    ],
  ])('keeps the callers %s', (_which, mode, levels) => {
    expect(callersNameOf(compile(levels).callers)).toBe(mode);
  });

  it('keeps the organization source and the token source of the class', () => {
    const policy = compile([[override, ofOrg(member)], [from(ofToken, ofOrg(admin, sourceA))]]);
    expect(combinedOf(policy, orgRule)?.sources).toEqual([sourceA]);
    expect(policy.tokenSources).toEqual([ofToken]);
  });

  it('drops no rule of a subclass that inherits the handler', () => {
    class Parent {
      handle() {}
    }
    class Child extends Parent {}
    recordClassRule(Parent, ofOrg(admin));
    recordClassRule(Child, ofOrg(owner));
    recordMethodRule(Parent, 'handle', override);
    const requirements = [Parent, Child].map((type) =>
      requirementsOf(compilePolicy(type, 'handle', jest.fn(), CONTEXT)),
    );
    expect(requirements).toEqual([[], [owner]]);
  });

  it('drops no rule of a method that the handler overrides, and is not inherited', () => {
    class Parent {
      handle() {}
    }
    class Child extends Parent {
      override handle() {}
    }
    class Grandchild extends Child {
      override handle() {}
    }
    recordClassRule(Parent, ofOrg(admin));
    recordMethodRule(Parent, 'handle', ofOrg(billing));
    recordMethodRule(Child, 'handle', override);
    const requirements = [Child, Grandchild].map((type) =>
      requirementsOf(compilePolicy(type, 'handle', jest.fn(), CONTEXT)),
    );
    expect(requirements).toEqual([[billing], [billing, admin]]);
  });
});

function from(tokenSource: (() => string) | undefined, rule: AccessRule): AccessRule {
  return { ...rule, tokenSource } as AccessRule;
}

describe('The token source', () => {
  const [headerA, headerB] = ['a', 'b'].map((token) => () => token);

  it.each<[string, Levels, unknown[]]>([
    ['nowhere', [[user('user')], [ofOrg(member)]], []],
    ['on the handler', [[from(headerA, user('user'))], [from(headerB, user('user'))]], [headerA]],
    ['on the class', [[user('user')], [from(headerB, ofOrg(member))]], [headerB]],
    ['on the parent class', [[], [user('user')], [from(headerA, user('user'))]], [headerA]],
    [
      'several times',
      [[from(headerB, ofOrg(member)), from(headerA, user('user')), from(headerB, ofOrg(admin))]],
      [headerB, headerA],
    ],
  ])('is that of the nearest level that sets one: %s', (_where, levels, sources) => {
    expect(compile(levels).tokenSources).toEqual(sources);
  });
});

function says(rules: readonly AccessRule[]): CallersName | undefined {
  const said = MODES.filter((mode) =>
    rules.some((rule) => isCallerRule(rule) && callersNameOf(rule.callers) === mode),
  );
  return said.length < 2 ? said[0] : 'nobody';
}

describe('The callers of a handler whose library serves MCP clients alone', () => {
  it.each<[CallersName, CallersName]>([
    ['mcp', 'mcp'],
    ['public', 'public'],
    ['user', 'nobody'],
    ['optional', 'nobody'],
    ['api-key', 'nobody'],
    ['nobody', 'nobody'],
  ])('under a rule about %s are %s', (ruled, served) => {
    class Handlers extends OfLibrary {
      handle() {}
    }
    expect(callersNameOf(policyOf(Handlers, user(ruled)).callers)).toBe(served);
  });

  it('are MCP clients without a rule, and under one that names no callers', () => {
    class Handlers extends OfLibrary {
      handle() {}
    }
    expect(policyOf(Handlers)).toMatchObject({ callers: callersOf('mcp'), isExplicit: false });
    expect(policyOf(Handlers, ofOrg(admin)).callers).toEqual(callersOf('mcp'));
  });
});

/** The design's chapter "Rules of access", put as briefly as it can be. */
function reference([ofHandler = [], ...ofClasses]: Levels) {
  const denyingIn = (levels: Levels) => levels.flat().filter(isRule);
  const levels = [ofHandler, ...ofClasses];
  const lifted = says(ofHandler) === 'public' && denyingIn([ofHandler]).length === 0;
  const denying = lifted ? denyingIn([ofHandler]) : denyingIn(levels);
  const orgRules = denying.filter(isOrgRule);
  const implied = denying.some(({ type }) => type.name === 'scope') ? 'mcp' : 'user';
  const said = levels.map(says).find(Boolean) ?? implied;
  const isMet = (mode: CallersName) =>
    denying.every(({ type }) => CAN_HOLD[type.name]?.includes(mode));
  const instead = ['optional', 'public'].includes(said) && isMet(implied) ? implied : 'nobody';
  const mode = isMet(said) ? said : instead;
  const byDefault = mode === 'mcp' ? sourceOfMcpToken : sourceOfModule;
  const sources = (lifted ? [ofHandler] : levels).flatMap((level, index) => {
    const outer = levels.slice(index).flat().filter(isRule).filter(isOrgRule);
    const named = outer.find(({ argument }) => argument.source !== undefined)?.argument.source;
    const own = level.filter(isRule).filter(isOrgRule);
    return own.map(({ argument }) => argument.source ?? named ?? byDefault);
  });
  const argumentsOf = (name: string) =>
    denying.filter(({ type }) => type.name === name).map(({ argument }) => argument);
  const scopes = [...new Set(argumentsOf('scope').flat())];
  const stepUps = argumentsOf('step-up') as StepUpRequirement[];
  const actions = [...new Set(stepUps.map(({ actionType }) => actionType))];
  return {
    callers: callersOf(mode),
    isExplicit: levels.flat().length > 0,
    tokenSources: [],
    checks: {
      ...(argumentsOf('impersonation').length > 0 && { impersonation: true }),
      ...(scopes.length > 0 && { scope: { ofAll: scopes, ofKinds: new Map() } }),
      ...(orgRules.length > 0 && {
        org: {
          requirements: orgRules.map(({ argument }) => argument.requirement),
          sources: [...new Set(sources)],
          uncheckedOrg: false,
          loaderOf: ANY_FUNCTION,
        },
      }),
      ...(actions.length > 0 && {
        'step-up': actions.map((actionType) => ({ actionType, grantHeader: 'x-grant' })),
      }),
    },
    ...(orgRules.length > 0 && { needsPresentUser: true }),
  };
}

function leniencyOf({ callers }: Policy): number {
  return MODES.indexOf(callersNameOf(callers));
}

describe('Any combination of rules', () => {
  const rule = fc.oneof(
    fc.constantFrom(...MODES).map(user),
    fc.constantFrom<AccessRule>(
      noImpersonation,
      ofStepUp('A'),
      ofStepUp('B'),
      ofScopes('read'),
      ofScopes('write'),
    ),
    fc
      .tuple(
        fc.constantFrom(member, admin, owner, billing),
        fc.constantFrom(undefined, sourceA, sourceB),
      )
      .map(([requirement, source]) => ofOrg(requirement, source)),
  );
  const levels: fc.Arbitrary<Levels> = fc.array(fc.array(rule, { maxLength: 3 }), {
    minLength: 2,
    maxLength: 4,
  });
  const reproducible = { seed: 1, numRuns: 1_000 };

  it('compiles to the policy of the reference implementation', () => {
    fc.assert(
      fc.property(levels, (rules) => expect(withNames(compile(rules))).toEqual(reference(rules))),
      reproducible,
    );
  });

  it('only gets stricter with one more organization rule, at any level', () => {
    fc.assert(
      fc.property(levels, fc.nat(3), (rules, place) => {
        const stricter = rules.map((level, index) =>
          index === place % rules.length ? [...level, ofOrg(owner)] : level,
        );
        const [before, after] = [compile(rules), compile(stricter)];
        expect(requirementsOf(after)).toEqual(expect.arrayContaining([...requirementsOf(before)]));
        expect(leniencyOf(after)).toBeLessThanOrEqual(leniencyOf(before));
      }),
      reproducible,
    );
  });
});
