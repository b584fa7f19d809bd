import type { Memberships } from '../../rules/rule-call.js';
import {
  accessSubject,
  datedBy,
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
    { userId, issuedAt, validUntil = Infinity }: UserOfCredential,
    memberships: Memberships,
    askedAt: number,
  ): AccessSubject {
    // Without a date, the credential is as new as the application's answer, which need not know that PropelAuth has disabled the user.
    const times =
      issuedAt === undefined
        ? datedBy(askedAt / 1000, askedAt / 1000)
        : datedBy(issuedAt / 1000, validUntil / 1000);
    return accessSubject(userId, Object.keys(memberships), times);
  }
}
