import type { UserClass } from '@propelauth/node-apis';

/** An access token that was verified, and its times in seconds since 1970. */
export interface DatedToken {
  readonly user: UserClass;
  /** {@link hasUsualIds} of the user. */
  readonly hasUsualIds: boolean;
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/** Whether PropelAuth wrote all ids as it does: in lower case. In other letters, they would have to be rewritten to be compared. */
export function hasUsualIds({ userId, orgIdToUserOrgInfo }: UserClass): boolean {
  const ids = [userId, ...Object.keys(orgIdToUserOrgInfo ?? {})];
  return ids.every((id) => id === id.toLowerCase());
}
