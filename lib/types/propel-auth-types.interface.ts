/**
 * The roles, permissions, user properties and organization metadata of your PropelAuth project, and your own record of a user. It is empty:
 * declare its members in your application, and a misspelled role or permission does not compile, in every function and type of this package.
 * Members that you do not declare stay `string`, or the types of PropelAuth's client.
 *
 * | member           | a type                                                                                  |
 * | ---------------- | --------------------------------------------------------------------------------------- |
 * | `role`           | union of the roles: {@link OrgRole}                                                     |
 * | `permission`     | union of the permissions: {@link OrgPermission}                                         |
 * | `userProperties` | object type of the custom user properties in the access token: {@link UserProperties}   |
 * | `orgMetadata`    | object type of the organization metadata in the access token: {@link OrgMetadata}       |
 * | `callers`        | object type with the caller of each of your own kinds, by its name: {@link Caller}      |
 * | `account`        | the type of the application's own record of a caller: {@link Account}                   |
 *
 * A member with another name or kind makes every role and permission a compile error that explains it.
 *
 * These are only types: nothing is checked against them at run time. The file that declares them has to be a module (with an `import` or
 * `export`); otherwise it replaces the types of the whole package.
 *
 * @example
 * ```ts
 * // src/propelauth-types.ts
 * import 'nestjs-propelauth';
 *
 * declare module 'nestjs-propelauth' {
 *   interface PropelAuthTypes {
 *     role: 'Owner' | 'Admin' | 'Member';
 *     permission: 'can_view_billing' | 'can_edit_billing';
 *     userProperties: { plan?: 'free' | 'pro' };
 *     orgMetadata: { region?: string };
 *     callers: { service: { id: string; scopes: string[] } };
 *   }
 * }
 * ```
 *
 * @publicApi
 */
// oxlint-disable-next-line typescript/no-empty-interface -- applications add to it
export interface PropelAuthTypes {}
