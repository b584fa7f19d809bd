import { Injectable, type ExecutionContext } from '@nestjs/common';
import type { OrgMemberInfo } from '@propelauth/node-apis';
import { OrgSources, type NamedOrgs } from './org-sources.js';
import { Rejection } from '../rejections/rejection.js';
import { findNamedMembership, type Memberships } from './org-membership.js';
import { unmetReasonOf } from '../rules/org-requirement.js';
import type { Policy } from '../rules/policy.js';

/** Checks the organization rules of a policy: the organization that a call names, and the caller's membership in it. */
@Injectable()
export class OrgRules {
  constructor(private readonly sources: OrgSources) {}

  /**
   * @returns the caller's membership in the organization; a promise if a source of the application is asynchronous
   * @throws {Rejection} if one of the rules fails
   */
  orgFor(
    context: ExecutionContext,
    policy: Policy,
    memberships: Memberships | undefined,
  ): OrgMemberInfo | Promise<OrgMemberInfo> {
    const named = this.sources.ask(policy.orgSources, context);
    return named instanceof Promise
      ? named.then((orgs) => meetRules(policy, memberships, orgs))
      : meetRules(policy, memberships, named);
  }
}

function meetRules(
  { orgRequirements }: Policy,
  memberships: Memberships | undefined,
  named: NamedOrgs,
): OrgMemberInfo {
  const org = findNamedMembership(memberships, named);
  for (const requirement of orgRequirements) {
    const unmet = unmetReasonOf(org, requirement);
    if (unmet !== undefined) throw new Rejection(unmet, { orgId: org.orgId });
  }
  return org;
}
