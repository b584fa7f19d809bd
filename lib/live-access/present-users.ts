import { Inject, Injectable } from '@nestjs/common';
import { OrgMemberInfo, UserClass, type User } from '@propelauth/node-apis';
import { Rejection } from '../rejections/rejection.js';
import { CurrentAccess } from '../plugins/current-access.js';
import type { CacheCounts } from '../plugins/observer.js';
import type { McpToken } from '../types/mcp-token.interface.js';
import { hasFailed, type Answer } from './answer.js';
import { deniesOrg, NOTHING } from './denials.js';
import type { LiveAccess } from './live-access.js';
import { NO_MARK, type Mark } from './mark.js';
import { UserQuestions } from './user-questions.js';
import type { RolesInOrg, UserState } from '../propelauth/backend/user-state.js';
import { deepFreeze } from '../values/deep-freeze.js';

/** Users as PropelAuth knows them now, for callers whose token does not say who they are. */
@Injectable()
export class PresentUsers {
  constructor(
    private readonly questions: UserQuestions,
    @Inject(CurrentAccess) private readonly liveAccess: LiveAccess | undefined,
  ) {}

  /**
   * The user behind an MCP token, with the organization of the token alone, if they are in it now.
   *
   * @returns deeply frozen
   * @throws {Rejection} `token_revoked` when the user is disabled or deleted, `propelauth_unavailable` when that is not known
   */
  async userOf(token: McpToken): Promise<UserClass> {
    const known = this.recall(token);
    if (known !== undefined) return this.userBy(known, token);
    if (this.isDenied(token)) throw new Rejection('token_revoked');
    const answer = await this.questions.ask(token.userId, () => this.changesOf(token).at);
    return this.userBy(answer, token);
  }

  /**
   * Whether the access of a user, or of the organization of the token, may have changed since the token was issued, so that the present
   * state is needed whatever the rules are. `false` without `liveAccess`.
   *
   * A newer token of a user who was disabled or deleted may come from a refresh, and PropelAuth doesn't say that these fail then.
   *
   * @param issuedAt in seconds since 1970; `undefined` when PropelAuth does not say
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

  /** What was looked up of the answers about users that are remembered. */
  get counts(): CacheCounts {
    return this.questions.counts;
  }

  private changesOf({ userId, orgId }: McpToken): Mark {
    return this.liveAccess?.changesOf(userId, orgId) ?? NO_MARK;
  }

  /**
   * The last answer, if it is still used. It is used for longer if events report changes. Events report only lost access, so an answer
   * without access is not used for longer.
   */
  private recall(token: McpToken): Answer | undefined {
    const { at } = this.changesOf(token);
    if (this.liveAccess !== undefined) {
      const answer = this.questions.recallFollowed(token.userId, at);
      if (answer !== undefined && givesAccess(answer, token)) return answer;
    }
    return this.questions.recall(token.userId, at);
  }

  /** Whether the event says enough, and no answer could lift it yet. */
  private isDenied(token: McpToken): boolean {
    if (this.liveAccess === undefined) return false;
    const { denied, at } = this.changesOf(token);
    return denied.everything && !this.questions.isSettled(this.liveAccess.now, at);
  }

  private userBy(answer: Answer, token: McpToken): UserClass {
    const { userId, orgId } = token;
    if (hasFailed(answer)) {
      // What the event itself says needs no answer.
      const isDisabled = this.liveAccess?.disabled.has(userId) === true;
      throw isDisabled ? new Rejection('token_revoked') : answer.failure;
    }
    const changes = this.changesOf(token);
    const { state, askedAt } = answer;
    const denied = this.questions.isSettled(askedAt, changes.at) ? NOTHING : changes.denied;
    if (state === null || !state.isEnabled || denied.everything)
      throw new Rejection('token_revoked');
    this.liveAccess?.disabled.lift(userId, askedAt);
    const isLost = orgId !== undefined && deniesOrg(denied, orgId);
    return presentUser(userId, state, isLost ? undefined : orgId);
  }
}

function givesAccess(answer: Answer, { orgId }: McpToken): boolean {
  if (hasFailed(answer) || answer.state === null) return false;
  const { isEnabled, orgs } = answer.state;
  return isEnabled && (orgId === undefined || orgs.has(orgId));
}

/**
 * A user as PropelAuth's backend knows them now. It knows no login method and no impersonator.
 *
 * @param orgId the one organization that the user has, as the active one, if they are in it
 * @returns deeply frozen
 */
function presentUser(
  userId: string,
  { orgs, profile }: UserState,
  orgId: string | undefined,
): UserClass {
  const roles = orgId === undefined ? undefined : orgs.get(orgId);
  const memberships =
    orgId === undefined || roles === undefined ? [] : [membershipIn(orgId, roles)];
  const user = {
    userId,
    ...profile,
    orgIdToOrgMemberInfo: Object.fromEntries(memberships.map((one) => [one.orgId, one])),
    activeOrgId: memberships[0]?.orgId,
    loginMethod: { loginMethod: 'unknown' },
  };
  // As in access tokens, what PropelAuth does not say is missing.
  return deepFreeze(new UserClass(user as User));
}

function membershipIn(orgId: string, membership: RolesInOrg): OrgMemberInfo {
  return new OrgMemberInfo(
    orgId,
    membership.orgName as string,
    membership.orgMetadata ?? {},
    membership.urlSafeOrgName as string,
    membership.userAssignedRole,
    membership.userInheritedRolesPlusCurrentRole,
    membership.userPermissions,
    membership.orgRoleStructure,
    membership.userAssignedAdditionalRoles,
    membership.legacyOrgId,
  );
}
