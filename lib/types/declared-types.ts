import type { UserProperties as VendorUserProperties } from '@propelauth/node-apis';
import type { PropelAuthTypes } from './propel-auth-types.interface.js';

/** What each member of {@link PropelAuthTypes} has to be. */
interface MemberKinds {
  role: string;
  permission: string;
  userProperties: object;
  orgMetadata: object;
}

/** The members of {@link PropelAuthTypes} that are of an unknown name or of a wrong kind, which an optional one is, too. */
type MistakenMember = {
  [Member in keyof PropelAuthTypes]-?: Member extends keyof MemberKinds
    ? PropelAuthTypes[Member] extends MemberKinds[Member]
      ? never
      : Member
    : Member;
}[keyof PropelAuthTypes];

/** A mistake would otherwise silently turn the checks off. As a type, it is part of the compiler's error. */
type Complaint<Member extends string> =
  `PropelAuthTypes has a mistake in its member ${Member}: role and permission are strings, userProperties and orgMetadata objects, and there are no others`;

/** The names that are declared in a member, or any. */
type NamesIn<Member extends 'role' | 'permission'> = [MistakenMember] extends [never]
  ? PropelAuthTypes extends Record<Member, infer Names extends string>
    ? Names
    : string
  : Complaint<MistakenMember>;

/** The properties that are declared in a member, or those of PropelAuth's client. */
type PropertiesIn<Member extends 'userProperties' | 'orgMetadata', Undeclared> =
  PropelAuthTypes extends Record<Member, infer Properties extends object>
    ? Copied<Properties>
    : Undeclared;

/** Of a declared interface, a type that fits index signatures, as those of PropelAuth's client are. */
type Copied<Properties> = { [Key in keyof Properties]: Properties[Key] };

/**
 * A role of your PropelAuth project: one of the roles that {@link PropelAuthTypes} declares, or any string.
 *
 * @publicApi
 */
export type OrgRole = NamesIn<'role'>;

/**
 * A permission of your PropelAuth project: one of the permissions that {@link PropelAuthTypes} declares, or any string.
 *
 * @publicApi
 */
export type OrgPermission = NamesIn<'permission'>;

/**
 * The custom properties of a user, as {@link PropelAuthTypes} declares them. Default: any names, with `unknown` values.
 *
 * @publicApi
 */
export type UserProperties = PropertiesIn<'userProperties', VendorUserProperties>;

/**
 * The metadata of an organization, as {@link PropelAuthTypes} declares it. Default: any names, with `unknown` values.
 *
 * @publicApi
 */
export type OrgMetadata = PropertiesIn<'orgMetadata', { [key: string]: unknown }>;
