import { OPEN_ACCESS, type AccessMode, type HandlerAccess } from '../../rules/handler-access.js';
import type { HandlerType } from '../../transports/handler-types.js';
import type { Policy } from '../../rules/policy.js';
import { RequireUser } from '../../callers/user/require-user.decorator.js';
import type { ApplicationHandler } from '../application/application-handlers.js';
import type { AuditedApplication } from '../application/audited-application.js';
import { findUnreachedHandlers } from './unreached-handlers.js';
import { callersOf, type CallersName } from '../../../test/support/callers.js';

/** The rules of a handler in this mode, without any further ones. */
function policyUnder(mode: CallersName): Policy {
  return {
    callers: callersOf(mode),
    isExplicit: true,
    checks: [],
    tokenSources: [],
  };
}

@RequireUser()
class Guarded {}

const accessFor = (access: AccessMode): HandlerAccess => ({ ...OPEN_ACCESS, access });

/** A handler that the guard, called or not, requires a user for. */
function handler(
  type: HandlerType,
  overrides: Partial<ApplicationHandler> = {},
): ApplicationHandler {
  return {
    controller: class Handlers {},
    name: 'handle',
    handler: () => {},
    type,
    policy: policyUnder('user'),
    access: accessFor('required'),
    paths: [],
    levels: {
      method: { rules: [], outside: [] },
      overridden: [],
      classes: [],
      global: { rules: [], outside: [] },
    },
    isReplaced: false,
    isMadeByFactory: false,
    isRequestScoped: false,
    providesGuard: () => true,
    ...overrides,
  };
}

/** An application in which every guard is called, except for these handlers. */
function application(
  unreached: readonly HandlerType[] = [],
  overrides: Partial<AuditedApplication> = {},
): AuditedApplication {
  const reached = { http: true, operation: true, field: true, reference: true };
  const guardsReach = { ...reached, gateway: true, message: true, mcp: true };
  for (const type of unreached) guardsReach[type] = false;
  return { isGuardGlobal: true, guardsReach, ...overrides } as AuditedApplication;
}

/** What each type of handler misses where Nest does not call the guard. */
const GAPS: [HandlerType, string][] = [
  ['field', 'fieldResolverEnhancers'],
  ['reference', 'fieldResolverEnhancers'],
  ['gateway', 'Nest 11'],
  ['message', 'inheritAppConfig'],
];

describe('The audit of handlers that no guard protects', () => {
  it.each(GAPS)('finds a %s', (type, way) => {
    expect(findUnreachedHandlers(handler(type), application())).toEqual([]);
    const findings = findUnreachedHandlers(handler(type), application([type]));
    expect(findings).toEqual([expect.stringContaining(way)]);
  });

  it.each(GAPS)('finds a %s for callers with a credential, required or not', (type) => {
    for (const access of ['optional', 'required'] as const) {
      expect(
        findUnreachedHandlers(handler(type, { access: accessFor(access) }), application([type])),
      ).toHaveLength(1);
    }
  });

  it.each(GAPS)('accepts a %s that is meant to be open', (type) => {
    for (const access of ['public', 'open'] as const) {
      expect(
        findUnreachedHandlers(handler(type, { access: accessFor(access) }), application([type])),
      ).toEqual([]);
    }
  });

  it.each(GAPS.slice(2))('accepts a %s that a decorator guards', (type) => {
    const app = application([type]);
    expect(findUnreachedHandlers(handler(type, { controller: Guarded }), app)).toEqual([]);
  });

  it.each(GAPS.slice(2))('finds a %s without a rule beside a rule in a factory’s class', (type) => {
    const policy = { ...policyUnder('user'), isExplicit: false };
    const made = handler(type, { controller: Guarded, policy, isMadeByFactory: true });
    expect(findUnreachedHandlers(made, application([type]))).toHaveLength(1);
  });

  it.each(GAPS.slice(0, 2))(
    'finds a %s that a decorator guards, because Nest does not call the guard',
    (type) => {
      const app = application([type], { isGuardGlobal: false });
      expect(findUnreachedHandlers(handler(type, { controller: Guarded }), app)).toHaveLength(1);
    },
  );

  it('finds a type resolver by the name of its method, for which Nest never calls guards', () => {
    const named = { name: '__resolveType' };
    expect(findUnreachedHandlers(handler('field', named), application())).toEqual([
      expect.stringContaining("@ResolveField('__resolveType')"),
    ]);
    expect(
      findUnreachedHandlers(
        handler('field', { ...named, access: accessFor('public') }),
        application(),
      ),
    ).toEqual([]);
  });

  it('accepts a GraphQL operation, where Nest always calls guards', () => {
    const nothing = application(['field', 'reference', 'gateway', 'message']);
    expect(findUnreachedHandlers(handler('operation'), nothing)).toEqual([]);
  });
});
