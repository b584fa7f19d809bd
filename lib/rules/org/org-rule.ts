import type { OrgMemberInfo } from '@propelauth/node-apis';
import {
  describeOrgSource,
  isBuiltInSource,
  readsOf,
} from '../../options/org-source-description.js';
import type { OrgSourceOption, OrgSourceReads } from '../../options/org-source.interface.js';
import { findNamedMembership } from './org-membership.js';
import { OrgSources } from './org-sources.js';
import type { Memberships, NamedOrgs, RuleCall } from '../rule-call.js';
import { Rejection } from '../../rejections/rejection.js';
import type { RejectionReason } from '../../rejections/rejection-table.js';
import { whenKnown } from '../../values/is-promise.js';
import { assertMeets, type OrgRequirement } from './org-requirement.js';
import { isRule } from '../rule.js';
import type { PlacedRule, RuleDefaults, RuleParameter, RuleType } from '../rule.js';
import { auditOrgRules } from './org-audit.js';
import { isOrgRule, NAME, type OrgArgument } from './org-argument.js';
import { membersInWords } from './org-words.js';

/** What a caller has to be in the organization that a call names. */
export interface RequiredOrg {
  readonly requirements: readonly OrgRequirement[];
  /** The sources that find the organization; all have to find the same one. */
  readonly sources: readonly OrgSourceOption[];
  readonly uncheckedOrg: boolean;
  /** Finds the loader of a source, for the name of its rows. */
  readonly loaderOf: RuleDefaults['own']['loaderOf'];
}

/** Requires a member of the organization that a call names, with a role or permissions. */
export const orgRule: RuleType<OrgArgument, RequiredOrg> = {
  name: NAME,
  asks: { about: 'organization', answer: 'memberships()' },
  needsUser: true,
  providers: [OrgSources],

  combine: (rules, { orgSource, own }) => ({
    requirements: [...new Set(rules.map(({ argument }) => argument))].map(
      ({ requirement }) => requirement,
    ),
    sources: [...new Set(rules.map((rule) => sourceFor(rule) ?? orgSource))],
    uncheckedOrg: rules.some(({ argument }) => argument.uncheckedOrg),
    loaderOf: (loader) => own.loaderOf(loader),
  }),

  fromCode(argument, orgId) {
    if (orgId !== undefined) return { ...argument, source: () => ({ orgId }) };
    throw new TypeError(
      'authorize() has an organization rule, and names no organization. Pass orgId.',
    );
  },

  on: ({ membershipsOf }) => (membershipsOf === undefined ? 'never' : 'checked'),

  check(call, required, services) {
    const org = whenKnown(call.memberships(), (memberships) =>
      whenKnown(services.get(OrgSources).ask(required.sources, call), (named) =>
        meetOrJoin(call, required, memberships, named),
      ),
    );
    return whenKnown(org, (met) => call.keepOrg(met));
  },

  dependsOnCall: ({ sources }) => !sources.every(isBuiltInSource),

  describe: ({ requirements, sources, uncheckedOrg, loaderOf }) => ({
    who: `${membersInWords(requirements, sources, loaderOf)}${uncheckedOrg ? ', other orgs not checked' : ''}`,
    reasons: reasonsFor(requirements, sources),
    parameters: readsOf(sources).flatMap(parameterFor),
    data: { in: sources.map(describeOrgSource), requires: requirements },
  }),

  audit: auditOrgRules,
};

/** Each rule uses the source of its own level, or of the nearest outer level with one. An inner level changes nothing about an outer rule. */
function sourceFor({ argument, level }: PlacedRule<OrgArgument>): OrgSourceOption | undefined {
  const levels = [level.rules, ...level.outside];
  return (
    argument.source ??
    levels
      .flat()
      .filter(isRule)
      .filter(isOrgRule)
      .find((rule) => rule.argument.source !== undefined)?.argument.source
  );
}

/** Looks once more, among the organizations that the caller has joined since the credential was issued, if they are not in this one. */
function meetOrJoin(
  call: RuleCall,
  { requirements }: RequiredOrg,
  memberships: Memberships | undefined,
  named: NamedOrgs,
): OrgMemberInfo | Promise<OrgMemberInfo> {
  try {
    return meet(requirements, findNamedMembership(memberships, named));
  } catch (error) {
    const joining = isNotAMember(error) ? call.withNewMemberships(named) : undefined;
    if (joining === undefined) throw error;
    return joining.then((joined) => meet(requirements, findNamedMembership(joined, named)));
  }
}

function isNotAMember(error: unknown): boolean {
  return error instanceof Rejection && error.reason === 'not_a_member';
}

function meet(requirements: readonly OrgRequirement[], org: OrgMemberInfo): OrgMemberInfo {
  for (const requirement of requirements) assertMeets(org, requirement);
  return org;
}

function reasonsFor(
  requirements: readonly OrgRequirement[],
  sources: readonly OrgSourceOption[],
): RejectionReason[] {
  const has = (type: string): boolean => requirements.some((one) => one.type.includes(type));
  return [
    // A path parameter is never missing: the route would not match.
    ...(sources.some(({ reads }) => reads?.from !== 'path') ? ['org_missing' as const] : []),
    'not_a_member',
    ...(has('role') ? ['role_missing' as const] : []),
    ...(has('permission') ? ['permission_missing' as const] : []),
  ];
}

/** What a source reads, as far as a request of OpenAPI has it. */
function parameterFor({
  from,
  name = '',
  required = true,
  description = NAMES_THE_ORGANIZATION,
}: OrgSourceReads): RuleParameter[] {
  switch (from) {
    case 'path':
    case 'query':
    case 'header':
    case 'body':
      return [{ name, in: from, required, description }];
    default:
      return [];
  }
}

/** The default description of the value that a source reads. */
const NAMES_THE_ORGANIZATION = 'The organization that the request is about.';
