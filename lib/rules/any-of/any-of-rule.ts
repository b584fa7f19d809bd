import { HttpStatus } from '@nestjs/common';
import { Rejection } from '../../rejections/rejection.js';
import { REJECTIONS } from '../../rejections/rejection-table.js';
import { callerRulesOf } from '../caller-rules.js';
import type { RuleCall } from '../rule-call.js';
import type { Rule, RuleCheck, RuledHandler, RuleServices, RuleType } from '../rule.js';

/** What `@RequireAnyOf()` says: a rule for each branch. */
export interface AnyOfArgument {
  readonly branches: readonly Rule[];
}

/** The branches of one decorator, each with its only check. */
export type Branches = readonly RuleCheck[];

/** Requires what at least one of several rules says. Each rule is combined for itself, and writes nothing unless it is the one that passes. */
export const anyOfRule: RuleType<AnyOfArgument, readonly Branches[]> = {
  name: 'any-of',
  needsUser: true,
  acceptsNobody: ({ branches }) => branches.some(mayPassForNobody),

  combine: (rules, defaults) =>
    rules
      .map(({ argument, level }) =>
        argument.branches.map((rule) => ({
          type: rule.type,
          combined: rule.type.combine([{ ...rule, level }], defaults),
        })),
      )
      .toReversed(),

  fromCode: ({ branches }, orgId) => ({
    branches: branches.map((rule) => ({
      ...rule,
      argument: rule.type.fromCode?.(rule.argument, orgId),
    })),
  }),

  on: (kind, { branches }) =>
    branches.every(({ type, argument }) => type.on(kind, argument) === 'never')
      ? 'never'
      : 'checked',

  async check(call, all, services) {
    for (const branches of all) await passOne(branches, call, services);
  },

  dependsOnCall: (all) =>
    all.flat().some(({ type, combined }) => type.dependsOnCall?.(combined) === true),

  branchesOf: (all) => all,

  describe: (all) => {
    const described = all.map((branches) =>
      branches.map(({ type, combined }) => ({ name: type.name, ...type.describe(combined) })),
    );
    const each = described.flat();
    return {
      words: all.map((branches) => `either ${branches.map(branchInWords).join(' or ')}`).join(', '),
      reasons: each.flatMap(({ reasons }) => reasons),
      reasonsForNobody: ['credential_missing'],
      denials: each.flatMap(({ denials = [] }) => denials),
      // Another branch may do without them.
      parameters: each.flatMap(({ parameters = [] }) =>
        parameters.map((parameter) => ({ ...parameter, required: false })),
      ),
      data: described.map((branches) => branches.map(({ name, data }) => ({ [name]: data }))),
    };
  },

  audit: (all, handler) => all.flatMap((branches) => auditBranches(branches, handler)),
};

function mayPassForNobody({ type, argument }: Rule): boolean {
  return type.acceptsNobody?.(argument) === true;
}

export function branchInWords({ type, combined }: RuleCheck): string {
  const { who, words } = type.describe(combined);
  return [who, words].filter(Boolean).join(' ');
}

function auditBranches(branches: Branches, handler: RuledHandler): string[] {
  const implied = new Set(branches.map(({ type }) => type.implies ?? 'user'));
  const isUnclear = implied.size > 1 && callerRulesOf(handler.levels).length === 0;
  return [
    ...branches.flatMap(({ type, combined }) => type.audit?.(combined, handler) ?? []),
    ...(isUnclear
      ? [
          `The branches of @RequireAnyOf() are about different callers. Name those whom the handler accepts, as in ` +
            `@RequireCaller(${[...implied].map((kind) => `'${kind}'`).join(', ')}).`,
        ]
      : []),
  ];
}

/**
 * Tries the branches in turn. The first that passes wins; if none does, the last denial is the response, unless a branch could not be tried.
 *
 * @throws what is no denial, such as an error of the application
 */
async function passOne(branches: Branches, call: RuleCall, services: RuleServices): Promise<void> {
  const failed: Rejection[] = [];
  for (const { type, combined } of branches) {
    const branch = new Branch(call);
    try {
      type.precheck?.(branch.call, combined);
      await type.check?.(branch.call, combined, services);
      branch.pass();
      return;
    } catch (error) {
      if (!(error instanceof Rejection)) throw error;
      failed.push(error);
    }
  }
  throw failed.find(isOutage) ?? failed.at(-1);
}

function isOutage({ reason }: Rejection): boolean {
  return REJECTIONS[reason].status === HttpStatus.SERVICE_UNAVAILABLE;
}

/** A branch while it is tried: the organization that it finds counts only when it passes. */
class Branch {
  /** The call, as the rules of the branch see it. */
  readonly call: RuleCall;

  constructor(private readonly whole: RuleCall) {
    const { org, sharingLifetime } = whole;
    const seen: RuleCall = Object.create(whole, {
      org: { value: org, writable: true },
      sharingLifetime: { value: sharingLifetime },
      keepOrg: {
        value: (found: RuleCall['org']) => Object.assign(seen, { org: found }),
      },
    }) as RuleCall;
    this.call = seen;
  }

  /** @throws {Rejection} if other rules of the handler have found another organization */
  pass(): void {
    const { org } = this.call;
    const { org: before } = this.whole;
    if (org === null || org === before) return;
    if (before !== null && before.orgId !== org.orgId) throw new Rejection('org_mismatch');
    this.whole.keepOrg(org);
  }
}
