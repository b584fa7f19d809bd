import type { Memberships } from '../../rules/rule-call.js';
import {
  accessSubject,
  type AccessSubject,
  type CurrentAccess,
} from '../../plugins/current-access.js';

/** The user behind a caller of an own kind, and the times of the credential in milliseconds since 1970. */
export interface UserOfCredential {
  readonly userId: string;
  /** `undefined` if the kind does not say. */
  readonly issuedAt: number | undefined;
  /** `undefined` for a credential that never expires. */
  readonly validUntil: number | undefined;
}

/** The times of a credential whose user is always checked. */
const ALWAYS_IN_DOUBT = { issuedAt: 0, expiresAt: Infinity };

/** Applies current access to callers of own kinds, as it is applied to the access token of their user. */
export class CurrentAccessOfOwnCallers {
  constructor(private readonly currentAccess: CurrentAccess) {}

  /** @throws {Rejection} `token_revoked` if the user is disabled or deleted, `propelauth_unavailable` if that is not known */
  async assertEnabled(credential: UserOfCredential): Promise<void> {
    await this.currentAccess.present(this.subjectOf(credential, {}, Date.now()));
  }

  /**
   * The memberships without the organizations that the user has left. The roles stay, because a credential may give less than its user has.
   *
   * @param askedAt when the application was asked for the memberships, in milliseconds since 1970
   * @throws as {@link assertEnabled}
   */
  async withoutLeftOrgs(
    credential: UserOfCredential,
    memberships: Memberships,
    askedAt: number,
  ): Promise<Memberships> {
    const subject = this.subjectOf(credential, memberships, askedAt);
    const { hasLost } = await this.currentAccess.present(subject);
    return Object.fromEntries(Object.entries(memberships).filter(([orgId]) => !hasLost(orgId)));
  }

  private subjectOf(
    credential: UserOfCredential,
    memberships: Memberships,
    askedAt: number,
  ): AccessSubject {
    const times = this.timesOf(credential, askedAt);
    return accessSubject(credential.userId, Object.keys(memberships), times);
  }

  private timesOf(
    { userId, issuedAt, validUntil = Infinity }: UserOfCredential,
    askedAt: number,
  ): Pick<AccessSubject, 'issuedAt' | 'expiresAt'> {
    if (issuedAt === undefined) {
      // The application has just looked the caller up, but it need not know that PropelAuth has disabled the user.
      return this.currentAccess.mayBeDisabled(userId)
        ? ALWAYS_IN_DOUBT
        : { issuedAt: askedAt / 1000, expiresAt: askedAt / 1000 };
    }
    // A time in the future is wrong, so the age of the credential is unknown.
    if (issuedAt > Date.now()) return ALWAYS_IN_DOUBT;
    return { issuedAt: issuedAt / 1000, expiresAt: validUntil / 1000 };
  }
}
