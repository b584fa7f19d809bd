import type { UserClass } from '@propelauth/node-apis';

/** An access token that was verified, and its times in seconds since 1970. */
export interface DatedToken {
  readonly user: UserClass;
  /** {@link hasLowerCaseIds} of the user. */
  readonly hasLowerCaseIds: boolean;
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/** Whether all ids are in lower case, as PropelAuth writes them. Others have to be rewritten before they are compared. */
export function hasLowerCaseIds({ userId, orgIdToUserOrgInfo }: UserClass): boolean {
  const ids = [userId, ...Object.keys(orgIdToUserOrgInfo ?? {})];
  return ids.every((id) => id === id.toLowerCase());
}
