import type { UserClass } from '@propelauth/node-apis';

/** An access token that was verified, and its times in seconds since 1970. */
export interface DatedToken {
  readonly user: UserClass;
  readonly issuedAt: number;
  readonly expiresAt: number;
}
