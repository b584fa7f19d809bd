import type { UserProperties as VendorUserProperties } from '@propelauth/node-apis';
import type { PropelAuthTypes } from './propel-auth-types.interface.js';

/** The type that each member of {@link PropelAuthTypes} must have. */
interface MemberKinds {
  role: string;
  permission: string;
  userProperties: object;
  orgMetadata: object;
  callers: object;
  account: object;
}

/** The members of {@link PropelAuthTypes} with an unknown name or a wrong type. An optional member has a wrong type. */
type MistakenMember = {
  [Member in keyof PropelAuthTypes]-?: Member extends keyof MemberKinds
    ? PropelAuthTypes[Member] extends MemberKinds[Member]
      ? never
      : Member
    : Member;
}[keyof PropelAuthTypes];

/** The compiler's error for a mistake, which would otherwise silently turn the checks off. */
type Complaint<Member extends string> =
  `PropelAuthTypes has a mistake in its member ${Member}: role and permission are strings, userProperties, orgMetadata, callers and account objects, and there are no others`;

/** The names that a member declares. Default: any string. */
type NamesIn<Member extends 'role' | 'permission'> = [MistakenMember] extends [never]
  ? PropelAuthTypes extends Record<Member, infer Names extends string>
    ? Names
    : string
  : Complaint<MistakenMember>;

/** The properties that a member declares. Default: those of PropelAuth's client. */
type PropertiesIn<Member extends 'userProperties' | 'orgMetadata', Undeclared> =
  PropelAuthTypes extends Record<Member, infer Properties extends object>
    ? Copied<Properties>
    : Undeclared;

/** Copies an interface to a type that fits index signatures, such as those of PropelAuth's client. */
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

/** The callers of the application's own kinds, by the name of the kind. Default: none. */
export type DeclaredCallers =
  PropelAuthTypes extends Record<'callers', infer Callers extends object>
    ? { [Kind in keyof Callers]: Callers[Kind] extends object ? Callers[Kind] : never }
    : object;

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

/**
 * The application's own record of a caller, as {@link PropelAuthTypes} declares it. Default: `object`.
 *
 * @publicApi
 */
export type Account =
  PropelAuthTypes extends Record<'account', infer Declared extends object> ? Declared : object;
