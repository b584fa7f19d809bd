import { Injectable, type ExecutionContext } from '@nestjs/common';
import type { OrgMemberInfo } from '@propelauth/node-apis';
import { OrgSources, type NamedOrgs } from './org-sources.js';
import { Rejection } from '../rejections/rejection.js';
import { findNamedMembership, type Memberships } from './org-membership.js';
import { describeUnmet, unmetReasonOf } from '../rules/org-requirement.js';
import type { Policy } from '../rules/policy.js';
import { whenKnown } from '../values/is-promise.js';

type Join = (named: NamedOrgs) => Promise<Memberships | undefined> | undefined;

/** Checks the organization rules of a policy: the organization that a call names, and the caller's membership in it. */
@Injectable()
export class OrgRules {
  constructor(private readonly sources: OrgSources) {}

  /**
   * @param join finds the memberships of a caller who is not in the organization, with those since the credential was issued; `undefined` if
   * there can be none
   * @returns the caller's membership in the organization; a promise if something has to be waited for
   * @throws {Rejection} if one of the rules fails
   */
  orgFor(
    context: ExecutionContext,
    policy: Policy,
    memberships: Memberships | undefined,
    join: Join = () => undefined,
  ): OrgMemberInfo | Promise<OrgMemberInfo> {
    return whenKnown(this.sources.ask(policy.orgSources, context), (named) =>
      meetOrJoin(policy, memberships, named, join),
    );
  }
}

function meetOrJoin(
  policy: Policy,
  memberships: Memberships | undefined,
  named: NamedOrgs,
  join: Join,
): OrgMemberInfo | Promise<OrgMemberInfo> {
  try {
    return meetRules(policy, memberships, named);
  } catch (error) {
    const joining = isNotAMember(error) ? join(named) : undefined;
    if (joining === undefined) throw error;
    return joining.then((joined) => meetRules(policy, joined, named));
  }
}

function isNotAMember(error: unknown): boolean {
  return error instanceof Rejection && error.reason === 'not_a_member';
}

function meetRules(
  { orgRequirements }: Policy,
  memberships: Memberships | undefined,
  named: NamedOrgs,
): OrgMemberInfo {
  const org = findNamedMembership(memberships, named);
  for (const requirement of orgRequirements) {
    const unmet = unmetReasonOf(org, requirement);
    if (unmet !== undefined) {
      const detail = describeUnmet(org, requirement);
      throw new Rejection(unmet, { orgId: org.orgId, ...(detail && { detail }) });
    }
  }
  return org;
}
