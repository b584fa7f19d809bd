import { UserClass, type User } from '@propelauth/node-apis';
import {
  AS_ISSUED,
  UNDATED,
  type AccessSubject,
  type PresentState,
} from '../../plugins/current-access.js';
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
   * The user behind a credential that is for one organization or none. The user has no other organization.
   *
   * @param isNeeded whether PropelAuth is asked in any case, not only if access may have changed since the credential was issued
   * @returns deeply frozen; `undefined` if what the credential says counts
   * @throws {Rejection} `token_revoked` if the user is disabled or deleted, or has left the organization; `propelauth_unavailable` if the
   * state of the user is unknown
   */
  async userOf(subject: AccessSubject, isNeeded: boolean): Promise<UserClass | undefined> {
    const { state, hasLost } = await this.stateOf(subject, isNeeded);
    if (subject.orgIds.some(hasLost)) throw new Rejection('token_revoked');
    return state && presentUser(subject, state);
  }

  /** The counts of the cache of answers about users. */
  get counts(): CacheCounts {
    return this.questions.answers.counts;
  }

  private stateOf(subject: AccessSubject, isNeeded: boolean): PresentState | Promise<PresentState> {
    const { access } = this.hooks;
    if (isNeeded) {
      return access?.present({ ...subject, ...UNDATED }) ?? this.recentStateOf(subject.userId);
    }
    return access?.mayConcern(subject) === true ? access.present(subject) : AS_ISSUED;
  }

  private async recentStateOf(userId: string): Promise<PresentState> {
    const { answers, isRecent } = this.questions;
    const answer = answers.get(userId, isRecent) ?? (await this.questions.ask(userId, isRecent));
    if (hasFailed(answer)) throw answer.failure;
    const { state } = answer;
    if (state?.isEnabled !== true) throw new Rejection('token_revoked');
    return { state, hasLost: (orgId) => !state.orgs.has(orgId) };
  }
}

/** The user for the state in PropelAuth's backend, which has no login method and no impersonator. */
function presentUser({ userId, orgIds }: AccessSubject, { profile, orgs }: UserState): UserClass {
  const memberships = orgIds.flatMap((orgId) => orgs.get(orgId) ?? []);
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
