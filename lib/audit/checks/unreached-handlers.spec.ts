import type { HandlerKind } from '../../rules/handler-kinds.js';
import type { Policy } from '../../rules/policy.js';
import { RequireUser } from '../../decorators/require-user.decorator.js';
import type { AuditedHandler, AuditContext } from './audited-handler.js';
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

/** A handler that the guard, called or not, requires a user for. */
function handler(kind: HandlerKind, overrides: Partial<AuditedHandler> = {}): AuditedHandler {
  return {
    controller: class Handlers {},
    name: 'handle',
    handler: () => {},
    kind,
    policy: policyUnder('user'),
    access: 'user',
    levels: {
      method: { rules: [], outside: [] },
      overridden: [],
      classes: [],
    },
    isReplaced: false,
    isMadeByFactory: false,
    isRequestScoped: false,
    providesGuard: () => true,
    ...overrides,
  };
}

/** An application in which every guard is called. */
const COMPLETE: AuditContext = {
  kinds: () => undefined,
  isGuardGlobal: true,
  areFieldsGuarded: true,
  globalGuardsReachGateways: true,
  isHttpApplication: false,
  readsMessages: true,
  isGlobalGuard: () => false,
};

/** What each kind of handler misses where Nest does not call the guard. */
const GAPS: [HandlerKind, Partial<AuditContext>, string][] = [
  ['field', { areFieldsGuarded: false }, 'fieldResolverEnhancers'],
  ['reference', { areFieldsGuarded: false }, 'fieldResolverEnhancers'],
  ['gateway', { globalGuardsReachGateways: false }, 'Nest 11'],
  ['message', { isHttpApplication: true }, 'inheritAppConfig'],
];

describe('The audit of handlers that no guard protects', () => {
  it.each(GAPS)('finds a %s', (kind, gap, way) => {
    expect(findUnreachedHandlers(handler(kind), COMPLETE)).toEqual([]);
    const findings = findUnreachedHandlers(handler(kind), { ...COMPLETE, ...gap });
    expect(findings).toEqual([expect.stringContaining(way)]);
  });

  it.each(GAPS)('finds a %s for users, for API keys or for either', (kind, gap) => {
    for (const access of ['optional', 'api-key', 'user-or-api-key'] as const) {
      expect(
        findUnreachedHandlers(handler(kind, { access }), { ...COMPLETE, ...gap }),
      ).toHaveLength(1);
    }
  });

  it.each(GAPS)('accepts a %s that is meant to be open', (kind, gap) => {
    for (const access of ['public', 'open'] as const) {
      expect(findUnreachedHandlers(handler(kind, { access }), { ...COMPLETE, ...gap })).toEqual([]);
    }
  });

  it.each(GAPS.slice(2))('accepts a %s that a decorator guards', (kind, gap) => {
    const auditContext = { ...COMPLETE, ...gap };
    expect(findUnreachedHandlers(handler(kind, { controller: Guarded }), auditContext)).toEqual([]);
  });

  it.each(GAPS.slice(0, 2))(
    'finds a %s that a decorator guards, because Nest does not call the guard',
    (kind, gap) => {
      const auditContext = { ...COMPLETE, ...gap, isGuardGlobal: false };
      expect(
        findUnreachedHandlers(handler(kind, { controller: Guarded }), auditContext),
      ).toHaveLength(1);
    },
  );

  it('finds a type resolver by the name of its method, for which Nest never calls guards', () => {
    const named = { name: '__resolveType' };
    expect(findUnreachedHandlers(handler('field', named), COMPLETE)).toEqual([
      expect.stringContaining("@ResolveField('__resolveType')"),
    ]);
    expect(
      findUnreachedHandlers(handler('field', { ...named, access: 'public' }), COMPLETE),
    ).toEqual([]);
  });

  it('accepts a GraphQL operation, where Nest always calls guards', () => {
    const nothing = { ...COMPLETE, areFieldsGuarded: false, globalGuardsReachGateways: false };
    expect(findUnreachedHandlers(handler('operation'), nothing)).toEqual([]);
  });
});
