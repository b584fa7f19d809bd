import type { CoreKind } from '../../../callers/core-kind.js';
import type { OrgSourceOption } from '../../../options/org-source.interface.js';
import { unmetReasonOf, type OrgRequirement } from '../../../rules/org/org-requirement.js';
import type { RequiredOrg } from '../../../rules/org/org-rule.js';
import type { TestIssuer } from '../../test-issuer.js';
import type { CallerSetup } from './caller-setup.js';
import type { DistinguishedCaller, DistinguishedCallers, OrgMembership } from './caller-profile.js';

/** The callers that organization rules distinguish: by role and permissions, and those who are in another organization. */
export function orgCallers(
  { requirements, sources }: RequiredOrg,
  { hasUser = false }: CoreKind,
  { accounts: { emulator, otherOrg } }: CallerSetup,
): DistinguishedCallers {
  const { issuer } = emulator;
  const allowed = strongestMembership(requirements, issuer);
  const member = (which: string, changed: Partial<OrgMembership>) => {
    const membership = { ...allowed, ...changed };
    return { which, isAllowed: meets(requirements, issuer, membership), but: { membership } };
  };
  const lacking = (some: readonly string[]) =>
    member(`without the permission${some.length > 1 ? 's' : ''} ${some.join(' and ')}`, {
      permissions: allowed.permissions.filter((one) => !some.includes(one)),
    });
  // Only access tokens have an active organization.
  const hasActiveOrg = hasUser && sources.some(isOfToken);
  const callers: DistinguishedCaller[] = [
    ...issuer.roles.names.map((role) => member(`with the role ${role}`, { role })),
    ...allowed.permissions.map((one) => lacking([one])),
    ...requirements.flatMap((one) =>
      one.type === 'any-permission' ? [lacking(one.permissions)] : [],
    ),
  ];
  if (!sources.every(isOfToken)) {
    callers.push({ which: 'of another organization', but: { org: otherOrg } });
  }
  if (hasActiveOrg) {
    callers.push({ which: 'without an active organization', but: { hasActiveOrg: false } });
  }
  return { needs: { membership: allowed, hasActiveOrg }, callers };
}

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
