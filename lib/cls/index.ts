/**
 * The caller in services, repositories and all other code that runs inside of a call. It needs `nestjs-cls`.
 *
 * @module nestjs-propelauth/cls
 */
export { PropelAuthClsPlugin } from './propel-auth-cls.plugin.js';
export type { CallerToRunAs } from './caller-to-run-as.js';
export { CallerContext } from './caller-context.js';
export type { OrgScope } from './org-scope.js';
