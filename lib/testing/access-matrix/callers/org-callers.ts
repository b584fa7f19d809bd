import type { OrgSourceOption } from '../../../options/org-source.interface.js';
import { unmetReasonOf, type OrgRequirement } from '../../../rules/org/org-requirement.js';
import { orgRule } from '../../../rules/org/org-rule.js';
import { combinedOf } from '../../../rules/policy.js';
import type { TestIssuer } from '../../test-issuer.js';
import type { DistinguishedCaller, OrgMembership } from './caller-profile.js';
import type { RuleCallers } from './rule-callers.interface.js';

/** The callers that organization rules distinguish: by role and permissions, and those who are in another organization. */
export const ORG_CALLERS: RuleCallers = {
  needs({ handler: { access }, accounts: { issuer } }) {
    const org = combinedOf(access, orgRule);
    if (org === undefined) return {};
    return {
      membership: strongestMembership(org.requirements, issuer),
      hasActiveOrg: org.sources.some(isOfToken),
    };
  },
  distinguish(allowed, { handler: { access }, accounts: { issuer, otherOrg } }, kind) {
    const { membership } = allowed;
    const org = combinedOf(access, orgRule);
    if (membership === undefined || org === undefined) return [];
    const rules = org.requirements;
    const member = (which: string, changed: Partial<OrgMembership>) => {
      const changedMembership = { ...membership, ...changed };
      return {
        which,
        isAllowed: meets(rules, issuer, changedMembership),
        profile: { ...allowed, membership: changedMembership },
      };
    };
    const lacking = (some: readonly string[]) => {
      const words = `without the permission${some.length > 1 ? 's' : ''} ${some.join(' and ')}`;
      return member(words, {
        permissions: membership.permissions.filter((one) => !some.includes(one)),
      });
    };
    const callers: DistinguishedCaller[] = [
      ...issuer.roles.names.map((role) => member(`with the role ${role}`, { role })),
      ...membership.permissions.map((one) => lacking([one])),
      ...rules.flatMap((rule) =>
        rule.type === 'any-permission' ? [lacking(rule.permissions)] : [],
      ),
    ];
    if (!org.sources.every(isOfToken)) {
      callers.push({ which: 'of another organization', profile: { ...allowed, org: otherOrg } });
    }
    if (allowed.hasActiveOrg === true && kind === 'user') {
      const profile = { ...allowed, hasActiveOrg: false };
      callers.push({ which: 'without an active organization', profile });
    }
    return callers;
  },
};

function isOfToken({ reads }: OrgSourceOption): boolean {
  return reads?.from === 'token';
}

/** The membership with the highest role that passes the rules. Where another thing is wrong, a higher role must not fix it. */
function strongestMembership(rules: readonly OrgRequirement[], issuer: TestIssuer): OrgMembership {
  const permissions = [
    ...new Set(rules.flatMap((rule) => ('permissions' in rule ? rule.permissions : []))),
  ];
  const { names } = issuer.roles;
  const role = names.find((name) => meets(rules, issuer, { role: name, permissions }));
  return { role: role ?? names.at(-1) ?? '', permissions };
}

function meets(
  rules: readonly OrgRequirement[],
  issuer: TestIssuer,
  membership: OrgMembership,
): boolean {
  const org = issuer.org({ orgName: 'any', ...membership });
  return rules.every((rule) => unmetReasonOf(org, rule) === undefined);
}
