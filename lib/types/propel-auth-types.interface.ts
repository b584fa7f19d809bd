/**
 * What your PropelAuth project has of its own: the names of its roles and permissions, and what is in user properties and
 * organization metadata. Empty as it is; declare its members in your application, and a misspelt role or permission does not
 * compile, wherever this package takes or gives one. What you do not declare stays `string`, or as PropelAuth's client has it.
 *
 * | member           | a type                                                                                  |
 * | ---------------- | --------------------------------------------------------------------------------------- |
 * | `role`           | union of the roles: {@link OrgRole}                                                     |
 * | `permission`     | union of the permissions: {@link OrgPermission}                                         |
 * | `userProperties` | object type of the custom user properties in the access token: {@link UserProperties}   |
 * | `orgMetadata`    | object type of the organization metadata in the access token: {@link OrgMetadata}       |
 *
 * A member of another name or kind makes every role and permission a compile error, which says so.
 *
 * These are types and no more: nothing is checked against them at run time. The file that declares them has to be a module
 * (has an `import` or `export`), or TypeScript takes it for the whole package.
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
 *   }
 * }
 * ```
 *
 * @publicApi
 */
// oxlint-disable-next-line typescript/no-empty-interface -- applications add to it
export interface PropelAuthTypes {}
