import type { UserClass } from '@propelauth/node-apis';
import type { OrgReference } from '../options/org-source.interface.js';

/**
 * A port of the core, which the plugin `newMemberships()` fills. It finds organizations that a user has joined since their access token was
 * issued. Without the plugin, a user is in the organizations of the token.
 */
export abstract class NewMemberships {
  /**
   * The user of a token, with those of some organizations that they have joined since.
   *
   * @param named the organizations that a call names, of which the token lacks at least one
   * @param address the address of the call, if it is known
   * @returns a promise that never rejects, of the user itself if they have joined none; `undefined` where PropelAuth is never asked
   */
  abstract userWith(
    user: UserClass,
    named: readonly (OrgReference | undefined)[],
    address: string | undefined,
  ): Promise<UserClass> | undefined;
}
