/**
 * Changes of access that take effect before the access token expires.
 *
 * @module nestjs-propelauth/live-access
 */
export { liveAccess } from './live-access.plugin.js';
export { newMemberships } from './new-memberships.plugin.js';
export type { LiveAccessOptions } from './live-access-options.js';
export type { AccessChanges, AccessChangesFollower, AccessChangesListener } from '../extend.js';
export type { PropelAuthPlugin, PropelAuthPluginFactory } from '../index.js';
