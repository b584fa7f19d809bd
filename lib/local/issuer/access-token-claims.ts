import type { LoginMethod } from '@propelauth/node-apis';
import { PropelAuthConfigurationError } from '../../options/configuration.error.js';
import { roleStructureOf, type RoleHierarchy } from './role-hierarchy.js';
import type { SeededIds } from './seeded-ids.js';
import type { TestOrgMembership, TestUser } from './test-user.interface.js';

/** Claims of an access token, as JSON. */
export type Claims = Record<string, unknown>;

const DEFAULT_ORG_NAME = 'Acme Inc';

/** Creates the claims of PropelAuth's access tokens for a user. */
export class AccessTokenClaims {
  constructor(
    private readonly roles: RoleHierarchy,
    private readonly ids: SeededIds,
  ) {}

  /** @throws {PropelAuthConfigurationError} for an unknown role, a duplicate organization or a wrong active organization */
  of(user: TestUser): Claims {
    return omitUndefined({
      user_id: this.userIdOf(user),
      email: emailOf(user),
      first_name: user.firstName,
      last_name: user.lastName,
      username: user.username,
      legacy_user_id: user.legacyUserId,
      impersonator_user_id: user.impersonatorUserId,
      properties: user.properties ?? {},
      login_method: loginMethodClaim(user.loginMethod ?? { loginMethod: 'password' }),
      ...this.organizationsOf(user),
    });
  }

  userIdOf(user: TestUser): string {
    return user.userId ?? this.ids.uuid('user', emailOf(user).toLowerCase());
  }

  orgIdOf({ orgId, orgName }: Pick<TestOrgMembership, 'orgId' | 'orgName'>): string {
    return orgId ?? this.ids.uuid('org', this.orgNameOf({ orgName }).toLowerCase());
  }

  orgNameOf({ orgName = DEFAULT_ORG_NAME }: Pick<TestOrgMembership, 'orgName'>): string {
    return orgName;
  }

  /** A token is scoped to the active organization, or lists all of them. */
  private organizationsOf({ orgs = [], activeOrgId }: TestUser): Claims {
    const memberships = Object.fromEntries(
      orgs.map((membership) => [this.orgIdOf(membership), this.membership(membership)]),
    );
    if (Object.keys(memberships).length < orgs.length) {
      throw new PropelAuthConfigurationError(
        'orgs has an organization more than once. Give each a different orgName or orgId, or put all roles into one membership ' +
          'with role and additionalRoles.',
      );
    }
    if (activeOrgId === undefined) return { org_id_to_org_member_info: memberships };
    if (!Object.hasOwn(memberships, activeOrgId)) {
      throw new PropelAuthConfigurationError(
        `activeOrgId is ${JSON.stringify(activeOrgId)}, an organization that the user is not in. Use the orgId of one of the ` +
          "user's orgs.",
      );
    }
    return { org_member_info: memberships[activeOrgId] };
  }

  private membership(membership: TestOrgMembership): Claims {
    const orgName = this.orgNameOf(membership);
    return omitUndefined({
      org_id: this.orgIdOf(membership),
      org_name: orgName,
      url_safe_org_name: membership.urlSafeOrgName ?? urlSafe(orgName),
      org_metadata: membership.orgMetadata ?? {},
      legacy_org_id: membership.legacyOrgId,
      org_role_structure: roleStructureOf(membership),
      user_role: membership.role,
      inherited_user_roles_plus_current_role: this.roles.inheritedBy(membership),
      additional_roles: membership.additionalRoles ?? [],
      user_permissions: this.roles.permissionsOf(membership),
    });
  }
}

/** The email address of a user, with its default. */
export function emailOf({ email, username = 'user' }: TestUser): string {
  return email ?? `${username}@example.com`;
}

/** A name as PropelAuth uses it in URLs. */
export function urlSafe(orgName: string): string {
  return orgName
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
}

function loginMethodClaim({ loginMethod, ...rest }: LoginMethod): Claims {
  const { provider, orgId } = rest as { provider?: string; orgId?: string };
  return omitUndefined({ login_method: loginMethod, provider, org_id: orgId });
}

/** Without the undefined claims, which JSON cannot have. */
export function omitUndefined(claims: Claims): Claims {
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined));
}
