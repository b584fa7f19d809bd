import { UserClass, type OrgMemberInfo, type User } from '@propelauth/node-apis';
import type { UserInOrg } from '../../plugins/current-access.js';
import type { CacheCounts, Hooks } from '../../plugins/hooks.js';
import { Rejection } from '../../rejections/rejection.js';
import { deepFreeze } from '../../values/deep-freeze.js';
import type { UserState } from '../backend/user-state.js';
import { hasFailed } from './answer.js';
import type { UserQuestions } from './user-questions.js';

/** Finds the current users of callers whose token does not contain the user. */
export class PresentUsers {
  /** @param hooks those of all plugins, which need not be filled yet */
  constructor(
    private readonly questions: UserQuestions,
    private readonly hooks: Hooks,
  ) {}

  /**
   * The user behind a token. The user has only the token's organization.
   *
   * @returns deeply frozen
   * @throws {Rejection} `token_revoked` if the user is disabled or deleted, or has left the token's organization; `propelauth_unavailable`
   * if the state of the user is unknown
   */
  async userOf({ userId, orgId }: UserInOrg): Promise<UserClass> {
    const state = await this.stateOf({ userId, orgId });
    if (orgId === undefined) return presentUser(userId, state, []);
    const membership = state.orgs.get(orgId);
    if (membership === undefined) throw new Rejection('token_revoked');
    return presentUser(userId, state, [membership]);
  }

  /**
   * Whether access may have changed since the token was issued, so that the current state is needed under any rule. `false` without
   * `liveAccess()`.
   *
   * @param issuedAt in seconds since 1970; `undefined` if PropelAuth does not say
   */
  mayHaveChanged(subject: UserInOrg, issuedAt: number | undefined): boolean {
    return this.hooks.access?.mayHaveChanged(subject, issuedAt) === true;
  }

  /** The counts of the cache of answers about users. */
  get counts(): CacheCounts {
    return this.questions.answers.counts;
  }

  private async stateOf(subject: UserInOrg): Promise<UserState> {
    const { access } = this.hooks;
    if (access !== undefined) return access.presentState(subject);
    const { userId } = subject;
    const { answers, isRecent } = this.questions;
    const answer = answers.get(userId, isRecent) ?? (await this.questions.ask(userId, isRecent));
    if (hasFailed(answer)) throw answer.failure;
    if (answer.state?.isEnabled !== true) throw new Rejection('token_revoked');
    return answer.state;
  }
}

/**
 * The user for the state in PropelAuth's backend, which has no login method and no impersonator.
 *
 * @param memberships the membership in the active organization, which is the only one; none without one
 * @returns deeply frozen
 */
function presentUser(
  userId: string,
  { profile }: UserState,
  memberships: readonly OrgMemberInfo[],
): UserClass {
  const user = {
    userId,
    ...profile,
    orgIdToOrgMemberInfo: Object.fromEntries(memberships.map((one) => [one.orgId, one])),
    activeOrgId: memberships[0]?.orgId,
    loginMethod: { loginMethod: 'unknown' },
  };
  // Fields that PropelAuth does not return are missing, as in access tokens.
  return deepFreeze(new UserClass(user as User));
}
