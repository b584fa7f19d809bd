import type { ExecutionContext } from '@nestjs/common';
import type { OrgMemberInfo as VendorOrgMemberInfo, UserClass } from '@propelauth/node-apis';
import {
  CurrentAccount,
  getCurrentAccount,
  getCurrentOrg,
  getCurrentUser,
  OrgMemberInfo,
  PropelAuthModule,
  User,
  type Account,
  type AccountLoader,
  type Caller,
  type OrgPermission,
  type OrgRole,
  type PropelAuthService,
} from 'nestjs-propelauth';
import { expectType, type Equal } from '../equality.js';
import { DeclaredAccount } from './propelauth-types.js';

type Role = 'Owner' | 'Admin' | 'Member';
type Permission = 'can_view_billing' | 'can_edit_billing';

expectType<Equal<OrgRole, Role>>();
expectType<Equal<OrgPermission, Permission>>();

export function ofAnOrg(org: OrgMemberInfo) {
  expectType<Equal<typeof org.assignedRole, Role>>();
  expectType<Equal<typeof org.userAssignedRole, Role>>();
  expectType<Equal<typeof org.userAssignedAdditionalRoles, Role[]>>();
  expectType<Equal<typeof org.inheritedRolesPlusCurrentRole, Role[]>>();
  expectType<Equal<typeof org.userInheritedRolesPlusCurrentRole, Role[]>>();
  expectType<Equal<typeof org.permissions, Permission[]>>();
  expectType<Equal<typeof org.userPermissions, Permission[]>>();
  expectType<Equal<typeof org.orgMetadata.plan, 'free' | 'pro'>>();
  // @ts-expect-error -- nothing of that name
  expectType<Equal<typeof org.orgMetadata.paln, unknown>>();

  org.isRole('Owner');
  org.isAtLeastRole('Admin');
  org.hasPermission('can_view_billing');
  org.hasAllPermissions(['can_view_billing', 'can_edit_billing']);
  // @ts-expect-error -- no such role
  org.isRole('Ownr');
  // @ts-expect-error -- no such role
  org.isAtLeastRole('Admn');
  // @ts-expect-error -- no such permission
  org.hasPermission('typo');
  // @ts-expect-error -- one of them
  org.hasAllPermissions(['can_view_billing', 'typo']);
}

export function ofAUser(user: User, orgId: string) {
  expectType<Equal<ReturnType<typeof user.getOrgs>, OrgMemberInfo[]>>();
  expectType<Equal<ReturnType<typeof user.getOrg>, OrgMemberInfo | undefined>>();
  expectType<Equal<ReturnType<typeof user.getOrgByName>, OrgMemberInfo | undefined>>();
  expectType<Equal<ReturnType<typeof user.getActiveOrg>, OrgMemberInfo | undefined>>();
  expectType<
    Equal<typeof user.orgIdToUserOrgInfo, { [orgId: string]: OrgMemberInfo } | undefined>
  >();

  const department = user.getUserProperty('department');
  expectType<Equal<typeof department, string | undefined>>();
  const seats = user.properties?.seats;
  expectType<Equal<typeof seats, number | undefined>>();
  // @ts-expect-error -- nothing of that name
  user.getUserProperty('departmnet');

  user.isRole(orgId, 'Owner');
  user.isAtLeastRole(orgId, 'Admin');
  user.hasPermission(orgId, 'can_view_billing');
  user.hasAllPermissions(orgId, ['can_edit_billing']);
  // @ts-expect-error -- no such role
  user.isRole(orgId, 'Ownr');
  // @ts-expect-error -- no such role
  user.isAtLeastRole(orgId, 'Admn');
  // @ts-expect-error -- no such permission
  user.hasPermission(orgId, 'typo');
  // @ts-expect-error -- no such permission
  user.hasAllPermissions(orgId, ['typo']);
}

export async function ofTheService(service: PropelAuthService, user: User, orgId: string) {
  const verified = await service.validateAccessToken('token');
  expectType<Equal<typeof verified, User>>();
  const org = service.requireOrgMemberWithMinimumRole(user, orgId, 'Admin');
  expectType<Equal<typeof org, OrgMemberInfo>>();
  service.requireOrgMemberWithExactRole(user, orgId, 'Owner');
  service.requireOrgMemberWithPermission(user, orgId, 'can_view_billing');
  service.requireOrgMemberWithAllPermissions(user, orgId, ['can_view_billing']);
  // @ts-expect-error -- no such role
  service.requireOrgMemberWithMinimumRole(user, orgId, 'Admn');
  // @ts-expect-error -- no such role
  service.requireOrgMemberWithExactRole(user, orgId, 'Ownr');
  // @ts-expect-error -- no such permission
  service.requireOrgMemberWithPermission(user, orgId, 'typo');
  // @ts-expect-error -- no such permission
  service.requireOrgMemberWithAllPermissions(user, orgId, ['typo']);
}

export function ofAContext(context: ExecutionContext) {
  const user = getCurrentUser(context);
  expectType<Equal<typeof user, User | null>>();
  const org = getCurrentOrg(context);
  expectType<Equal<typeof org, OrgMemberInfo | null>>();
}

/** What takes the vendor's classes takes these. */
export function besideTheVendors(user: User, org: OrgMemberInfo, service: PropelAuthService) {
  const vendorUser: UserClass = user;
  const vendorOrg: VendorOrgMemberInfo = org;
  service.requireOrgMember(vendorUser, vendorOrg.orgId);
  // @ts-expect-error -- the vendor's may be of any role
  const declaredOrg: OrgMemberInfo = vendorOrg;
  return [vendorUser, declaredOrg];
}

/** They are classes still. */
export function asValues(value: unknown) {
  if (value instanceof OrgMemberInfo) expectType<Equal<typeof value, OrgMemberInfo>>();
  if (value instanceof User) expectType<Equal<typeof value, User>>();
  const org = OrgMemberInfo.fromJSON('{}');
  expectType<Equal<typeof org, OrgMemberInfo>>();
  const user = new User({
    userId: 'user-alice',
    email: 'alice@example.com',
    loginMethod: { loginMethod: 'password' },
  });
  expectType<Equal<typeof user, User>>();
  return class Employee extends User {};
}

export async function ofAnAccount(context: ExecutionContext) {
  expectType<Equal<Account, DeclaredAccount>>();
  const account = await getCurrentAccount(context);
  expectType<Equal<typeof account, DeclaredAccount | null>>();
  CurrentAccount('id');
  CurrentAccount('isBlocked', { optional: true });
  CurrentAccount({ optional: true });
  // @ts-expect-error -- no property of the declared account
  CurrentAccount('email');
  return account?.isBlocked();
}

class Accounts implements AccountLoader {
  async load({ userId }: Caller, org: OrgMemberInfo | null) {
    return org === null || userId === undefined ? undefined : new DeclaredAccount(1);
  }
}

class OtherRows {
  async load() {
    return { name: 'not an account' };
  }
}

const options = { authUrl: 'https://auth.example.com', apiKey: 'key' };
PropelAuthModule.forRoot({ ...options, account: Accounts });
PropelAuthModule.forRootAsync({ useFactory: () => options, account: Accounts });
// @ts-expect-error -- it loads something else
PropelAuthModule.forRoot({ ...options, account: OtherRows });
// @ts-expect-error -- an instance
PropelAuthModule.forRoot({ ...options, account: new Accounts() });
