import * as fc from 'fast-check';
import { membershipIn, ROLE_NAMES } from '../support/claims.js';
import { ACME, GLOBEX } from '../support/project.js';

/** Where a rule looks for the organization. */
export const PLACES = ['path', 'query', 'header', 'body', 'token'] as const;
export type Place = (typeof PLACES)[number];

export type WrittenRule = { place: Place | undefined } & (
  | { kind: 'member' }
  | { kind: 'role'; role: string; exact: boolean }
  | { kind: 'any-role'; anyOf: string[] }
  | { kind: 'permissions'; permissions: string[] }
  | { kind: 'any-permission'; permissions: string[] }
);

/** What is written over a handler or a class. */
export interface Level {
  mode: 'required' | 'optional' | 'public' | undefined;
  rules: WrittenRule[];
}

/** The memberships of a caller, as plain data. */
export interface Membership {
  orgId: string;
  role: string;
  /** The roles that count where "at least" is asked for. */
  roles: string[];
  additional: string[];
  permissions: string[];
  claim: Record<string, unknown>;
}

export interface Caller {
  userId: string;
  memberships: Membership[];
  /** The token is scoped to the first membership. */
  isScoped: boolean;
}

/** What a request brings; only a valid token makes it one of the caller’s. */
export interface Call {
  /** Nearest first: the handler, the method it overrides, its class, the class above, which has that method, and the one above that. */
  levels: [Level, Level, Level, Level, Level];
  /** What the module says about all handlers. */
  global: keyof typeof GLOBAL_LEVELS;
  /** Whether the handler, and the method it overrides, have `@OverrideRules()`. */
  overrides: readonly [handler: boolean, overridden: boolean];
  caller: Caller;
  token: 'valid' | 'expired' | 'forged' | 'none';
  named: Record<Exclude<Place, 'token'>, string | undefined>;
}

/** What modules say about all handlers. An application is started for each. */
export const GLOBAL_LEVELS = {
  nothing: { mode: undefined, rules: [] },
  user: { mode: 'required', rules: [] },
  'optional user': { mode: 'optional', rules: [] },
  member: { mode: undefined, rules: [{ kind: 'member', place: 'query' }] },
  'optional Admin': {
    mode: 'optional',
    rules: [{ kind: 'role', place: undefined, role: 'Admin', exact: false }],
  },
} satisfies Record<string, Level>;

const place = fc.option(fc.constantFrom(...PLACES), { nil: undefined, freq: 2 });
const PERMISSIONS = ['can_view_billing', 'can_edit_billing', 'can_view_reports', 'can_fly'];

const rule: fc.Arbitrary<WrittenRule> = fc.oneof(
  fc.record({ kind: fc.constant('member' as const), place }),
  fc.record({
    kind: fc.constant('role' as const),
    place,
    role: fc.constantFrom(...ROLE_NAMES, 'Auditor', 'constructor'),
    exact: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant('permissions' as const),
    place,
    permissions: fc.uniqueArray(fc.constantFrom(...PERMISSIONS), { minLength: 1, maxLength: 2 }),
  }),
  fc.record({
    kind: fc.constant('any-permission' as const),
    place,
    permissions: fc.uniqueArray(fc.constantFrom(...PERMISSIONS), { minLength: 1, maxLength: 3 }),
  }),
  fc.record({
    kind: fc.constant('any-role' as const),
    place,
    anyOf: fc.uniqueArray(fc.constantFrom(...ROLE_NAMES, 'Auditor'), {
      minLength: 1,
      maxLength: 3,
    }),
  }),
);

const level: fc.Arbitrary<Level> = fc.record({
  mode: fc.constantFrom(
    undefined,
    undefined,
    undefined,
    undefined,
    'required',
    'optional',
    'public',
  ),
  rules: fc.oneof(
    { weight: 4, arbitrary: fc.constant<WrittenRule[]>([]) },
    { weight: 1, arbitrary: fc.array(rule, { maxLength: 2 }) },
  ),
});

const membership = fc
  .record({
    org: fc.constantFrom(ACME, GLOBEX),
    role: fc.constantFrom(...ROLE_NAMES),
    isMultiRole: fc.boolean(),
    additional: fc.subarray([...ROLE_NAMES, 'Auditor']),
  })
  .map(({ org, role, isMultiRole, additional }): Membership => {
    const claim = membershipIn(
      org,
      role,
      isMultiRole ? { org_role_structure: 'multi_role', additional_roles: additional } : {},
    );
    return {
      orgId: org.orgId,
      role,
      roles: isMultiRole ? [role, ...additional] : ROLE_NAMES.slice(ROLE_NAMES.indexOf(role)),
      additional: isMultiRole ? additional : [],
      permissions: claim['user_permissions'] as string[],
      claim,
    };
  });

const caller: fc.Arbitrary<Caller> = fc.record({
  userId: fc.uuid(),
  memberships: fc.uniqueArray(membership, { selector: ({ orgId }) => orgId, maxLength: 2 }),
  isScoped: fc.boolean(),
});

const named = fc.constantFrom(
  ACME.orgId,
  ACME.orgId,
  ACME.orgId,
  GLOBEX.orgId,
  undefined,
  '',
  '__proto__',
  'constructor',
);

export const call: fc.Arbitrary<Call> = fc.record({
  levels: fc.tuple(level, level, level, level, level),
  global: fc.constantFrom(...(Object.keys(GLOBAL_LEVELS) as (keyof typeof GLOBAL_LEVELS)[])),
  overrides: fc.constantFrom([false, false], [false, true], [true, false], [true, true]),
  caller,
  token: fc.constantFrom('valid', 'valid', 'valid', 'valid', 'expired', 'forged', 'none'),
  named: fc.oneof(
    // One and the same everywhere, so that rules with several sources are met, too.
    named.map((id) => ({ path: id, query: id, header: id, body: id })),
    fc.record({ path: named, query: named, header: named, body: named }),
  ),
});

/** The claims of a caller. */
export function claimsOf({ userId, memberships, isScoped }: Caller): Record<string, unknown> {
  return isScoped && memberships.length > 0
    ? { user_id: userId, org_member_info: memberships[0]?.claim }
    : {
        user_id: userId,
        org_id_to_org_member_info: Object.fromEntries(
          memberships.map(({ orgId, claim }) => [orgId, claim]),
        ),
      };
}
