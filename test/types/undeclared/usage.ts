import { Controller, Get } from '@nestjs/common';
import type { OrgMemberInfo as VendorOrgMemberInfo, UserClass } from '@propelauth/node-apis';
import {
  CurrentAccount,
  CurrentOrg,
  CurrentUser,
  OrgMemberInfo,
  RequireOrgRole,
  RequirePermission,
  User,
  type OrgMetadata,
  type OrgPermission,
  type OrgRole,
  type PropelAuthService,
  type UserProperties,
} from 'nestjs-propelauth';
import { TestIssuer } from 'nestjs-propelauth/testing';
import { expectType, type Equal } from '../equality.js';

expectType<Equal<OrgRole, string>>();
expectType<Equal<OrgPermission, string>>();
expectType<Equal<UserProperties, { [key: string]: unknown }>>();
expectType<Equal<OrgMetadata, { [key: string]: unknown }>>();

@Controller('orgs/:orgId')
@RequireOrgRole('any role')
@RequirePermission('any permission')
@RequirePermission(['any', 'permissions'])
export class Undeclared {
  @Get()
  show(@CurrentOrg() org: OrgMemberInfo, @CurrentUser() user: User) {
    expectType<Equal<typeof org.assignedRole, string>>();
    expectType<Equal<typeof org.permissions, string[]>>();
    const plan: unknown = org.orgMetadata['plan'];
    const department = user.getUserProperty('department');
    expectType<Equal<typeof department, unknown>>();
    return [plan, department, org.hasPermission('anything'), user.isRole(org.orgId, 'anyone')];
  }
}

CurrentAccount('any property', { optional: true });
// @ts-expect-error -- not even a string
CurrentAccount(7);
// @ts-expect-error -- not even a string
RequireOrgRole(7);
// @ts-expect-error -- no such property
CurrentUser('emial');

/** Without a declaration the types and those of the vendor are the same to the compiler. */
export function besideTheVendors(user: UserClass, org: VendorOrgMemberInfo): [User, OrgMemberInfo] {
  const vendors: [UserClass, VendorOrgMemberInfo] = [user, org] satisfies [User, OrgMemberInfo];
  return vendors;
}

export function ofTheService(service: PropelAuthService, user: UserClass, orgId: string) {
  service.requireOrgMemberWithMinimumRole(user, orgId, 'any role');
  service.requireOrgMemberWithAllPermissions(user, orgId, ['any permission'] as const);
}

export async function ofAnIssuer(role: string, permission: string) {
  const issuer = await TestIssuer.create({ roles: [{ name: role, permissions: [permission] }] });
  return issuer.org({ role, permissions: [permission] });
}
