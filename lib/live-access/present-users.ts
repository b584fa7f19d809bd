import { Inject, Injectable } from '@nestjs/common';
import { UserClass, type OrgMemberInfo, type User } from '@propelauth/node-apis';
import { Rejection } from '../rejections/rejection.js';
import { CurrentAccess } from '../plugins/current-access.js';
import type { CacheCounts } from '../plugins/observer.js';
import type { McpToken } from '../types/mcp-token.interface.js';
import { hasFailed, type Answer } from './answer.js';
import { deniesOrg, NOTHING } from './denials.js';
import type { LiveAccess } from './live-access.js';
import { NO_MARK, type Mark } from './mark.js';
import { UserQuestions } from './user-questions.js';
import type { UserState } from '../propelauth/backend/user-state.js';
import { deepFreeze } from '../values/deep-freeze.js';

/** Finds the current users of callers whose token does not contain the user. */
@Injectable()
export class PresentUsers {
  constructor(
    private readonly questions: UserQuestions,
    @Inject(CurrentAccess) private readonly liveAccess: LiveAccess | undefined,
  ) {}

  /**
   * The user behind an MCP token. The user has only the token's organization.
   *
   * @returns deeply frozen
   * @throws {Rejection} `token_revoked` if the user is disabled or deleted, or has left the token's organization; `propelauth_unavailable`
   * if the state of the user is unknown
   */
  async userOf(token: McpToken): Promise<UserClass> {
    const known = this.recall(token);
    if (known !== undefined) return this.userBy(known, token);
    if (this.isDenied(token)) throw new Rejection('token_revoked');
    const answer = await this.questions.ask(token.userId, () => this.changesOf(token).at);
    return this.userBy(answer, token);
  }

  /**
   * Whether the access of the user or the organization may have changed since the token was issued, so that the current state is needed
   * under any rule. `false` without `liveAccess()`.
   *
   * A newer token of a disabled or deleted user may come from a refresh. PropelAuth does not document that a refresh fails then.
   *
   * @param issuedAt in seconds since 1970; `undefined` if PropelAuth does not say
   */
  mayHaveChanged(token: McpToken, issuedAt: number | undefined): boolean {
    if (this.liveAccess === undefined) return false;
    const { userId, orgId } = token;
    return (
      issuedAt === undefined ||
      this.liveAccess.mayHaveChangedSinceIssue(issuedAt, userId, orgId) ||
      this.liveAccess.disabled.mayHave(userId)
    );
  }

  /** The counts of the cache of answers about users. */
  get counts(): CacheCounts {
    return this.questions.answers.counts;
  }

  private changesOf({ userId, orgId }: McpToken): Mark {
    return this.liveAccess?.changesOf(userId, orgId) ?? NO_MARK;
  }

  /**
   * The cached answer, if it is still used. With live access, an answer is used for longer, because events report changes. Events report
   * only lost access, so this does not apply to an answer without access.
   */
  private recall(token: McpToken): Answer | undefined {
    const { at } = this.changesOf(token);
    if (this.liveAccess !== undefined) {
      const answer = this.questions.answers.getFollowed(token.userId, at);
      if (answer !== undefined && givesAccess(answer, token)) return answer;
    }
    return this.questions.answers.get(token.userId, at);
  }

  /** Whether an event denies everything, and it is too early for a settled answer. */
  private isDenied(token: McpToken): boolean {
    if (this.liveAccess === undefined) return false;
    const { denied, at } = this.changesOf(token);
    return denied.everything && !this.questions.answers.isSettled(this.liveAccess.now, at);
  }

  private userBy(answer: Answer, token: McpToken): UserClass {
    const { userId, orgId } = token;
    if (hasFailed(answer)) {
      // A user whom an event disabled is rejected, even without an answer.
      const isDisabled = this.liveAccess?.disabled.has(userId) === true;
      throw isDisabled ? new Rejection('token_revoked') : answer.failure;
    }
    const changes = this.changesOf(token);
    const { state, askedAt } = answer;
    const denied = this.questions.answers.isSettled(askedAt, changes.at) ? NOTHING : changes.denied;
    if (state === null || !state.isEnabled || denied.everything)
      throw new Rejection('token_revoked');
    this.liveAccess?.disabled.lift(userId, askedAt);
    if (orgId === undefined) return presentUser(userId, state, []);
    const membership = state.orgs.get(orgId);
    if (membership === undefined || deniesOrg(denied, orgId)) throw new Rejection('token_revoked');
    return presentUser(userId, state, [membership]);
  }
}

function givesAccess(answer: Answer, { orgId }: McpToken): boolean {
  if (hasFailed(answer) || answer.state === null) return false;
  const { isEnabled, orgs } = answer.state;
  return isEnabled && (orgId === undefined || orgs.has(orgId));
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
