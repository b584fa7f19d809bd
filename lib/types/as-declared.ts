import type { OrgMemberInfo as VendorOrgMemberInfo, UserClass } from '@propelauth/node-apis';
import type { OrgMemberInfo } from './org-member-info.js';
import type { User } from './user.js';

/** What PropelAuth's client made, in the types that the application declares. It is taken at its word: nothing is looked at. */
export function asDeclared(made: UserClass): User;
export function asDeclared(made: Promise<UserClass>): Promise<User>;
export function asDeclared(made: VendorOrgMemberInfo): OrgMemberInfo;
export function asDeclared(made: unknown): unknown {
  return made;
}
