import type { OrgMemberInfo as VendorOrgMemberInfo, UserClass } from '@propelauth/node-apis';
import type { OrgMemberInfo } from './org-member-info.js';
import type { User } from './user.js';

/** Casts an object of PropelAuth's client to the types that the application declares. Nothing is checked at run time. */
export function asDeclared(made: UserClass): User;
export function asDeclared(made: VendorOrgMemberInfo): OrgMemberInfo;
export function asDeclared(made: VendorOrgMemberInfo | null): OrgMemberInfo | null;
export function asDeclared(made: unknown): unknown {
  return made;
}
