import { OrgMemberInfo, UserClass, type User } from '@propelauth/node-apis';
import { hasFailed, type Answer } from '../../lib/propelauth/users/answer.js';
import { Answers } from '../../lib/propelauth/users/answers.js';
import { narrowUser } from '../../lib/propelauth/users/narrowed-user.js';
import type { AccessSubject, PresentState } from '../../lib/plugins/current-access.js';
import { NOTHING } from '../../lib/live-access/denials.js';
import type { LiveAccessLimits } from '../../lib/live-access/limits.js';
import { LiveAccess } from '../../lib/live-access/live-access.js';
import { Marks } from '../../lib/live-access/marks.js';

/** With room for one mark, nearly every event evicts another. */
export const TIGHT: Partial<LiveAccessLimits> = { maximumMarks: 1 };

interface FaultyVariant {
  readonly limits?: Partial<LiveAccessLimits>;
  /** Takes a part out of the algorithm, until the test ends. */
  readonly mutate?: () => void;
  /** Makes something else of a token and the present access. */
  readonly narrow?: typeof narrowUser;
  /** What goes wrong without it. */
  readonly violation: RegExp;
}

const OLD_ACCESS = /does not deny|is over since|is disabled since/;

/** The algorithm, each time with one part left out. */
export const FAULTY_VARIANTS: [what: string, variant: FaultyVariant][] = [
  ['without clock tolerance', { limits: { toleranceSeconds: 0 }, violation: OLD_ACCESS }],
  ['without settling', { limits: { settleSeconds: 0 }, violation: OLD_ACCESS }],
  [
    'with unsettled responses that count until the next change',
    { mutate: useUnsettledAnswers, violation: OLD_ACCESS },
  ],
  [
    'with responses that take access away until the next change',
    { limits: { takingSeconds: Number.MAX_VALUE }, violation: /^access is .* should be/ },
  ],
  ['without an immediate denial', { mutate: denyNothingAtOnce, violation: /does not deny/ }],
  [
    'with a newer token that clears the mark',
    { mutate: clearMarksByNewerTokens, violation: OLD_ACCESS },
  ],
  [
    'with responses that extend access',
    { narrow: widenByAnswers, violation: /is not in the token|does not deny/ },
  ],
  [
    'with an eviction that drops marks',
    { limits: TIGHT, mutate: forgetEvictedMarks, violation: OLD_ACCESS },
  ],
  ['with a start that trusts all tokens', { mutate: trustAtStart, violation: OLD_ACCESS }],
  ['with responses from before the event', { mutate: takeEarlierAnswers, violation: OLD_ACCESS }],
  [
    'with old access while PropelAuth is unreachable',
    { mutate: believeWithoutAnswer, violation: OLD_ACCESS },
  ],
  [
    'with tokens that are trusted for longer than an hour',
    { limits: { lifeSeconds: Number.MAX_VALUE }, violation: OLD_ACCESS },
  ],
  [
    'with permissions from the token',
    { narrow: keepPermissions, violation: /has what another role has/ },
  ],
];

/** What is there before it is replaced, to be called with its object. */
function methodOf<Type, Name extends keyof Type>(prototype: Type, name: Name): Type[Name] {
  return prototype[name];
}

function denyNothingAtOnce(): void {
  const markUser = methodOf(Marks.prototype, 'markUser');
  jest.spyOn(Marks.prototype, 'markUser').mockImplementation(function (
    this: Marks,
    userId,
    _denied,
    sentAt,
  ) {
    markUser.call(this, userId, NOTHING, sentAt);
  });
}

function clearMarksByNewerTokens(): void {
  const mayConcern = methodOf(Marks.prototype, 'mayConcern');
  jest.spyOn(Marks.prototype, 'mayConcern').mockImplementation(function (this: Marks, token) {
    const { users } = this as unknown as { users: Map<string, { cutoff: number }> };
    const mark = users.get(token.userId);
    if (mark !== undefined && token.issuedAt > mark.cutoff) users.delete(token.userId);
    return mayConcern.call(this, token);
  });
}

function widenByAnswers(user: UserClass, present: PresentState): UserClass {
  if (present.state === undefined) return narrowUser(user, present);
  const orgs = [...present.state.orgs].map(([orgId, { userAssignedRole }]) =>
    membership(orgId, userAssignedRole),
  );
  return withOrgs(user, orgs);
}

function membership(orgId: string, role: string, roles: string[] = [], permissions: string[] = []) {
  return new OrgMemberInfo(orgId, '', {}, '', role, roles, permissions);
}

function withOrgs(user: UserClass, orgs: OrgMemberInfo[]): UserClass {
  const orgIdToOrgMemberInfo = Object.fromEntries(orgs.map((org) => [org.orgId, org]));
  return new UserClass({ ...(user as User), orgIdToOrgMemberInfo });
}

function forgetEvictedMarks(): void {
  const prototype = Marks.prototype as unknown as { noteForgotten: () => void };
  jest.spyOn(prototype, 'noteForgotten').mockImplementation(() => {});
}

function trustAtStart(): void {
  jest.spyOn(Marks.prototype, 'noteMissed').mockImplementation(() => {});
}

export function useUnsettledAnswers(): void {
  jest.spyOn(LiveAccess.prototype, 'countsFor').mockImplementation(function (
    this: LiveAccess,
    { userId },
  ) {
    const { marks } = this as unknown as { marks: Marks };
    return ({ askedAt }) => askedAt >= marks.changedAt(userId);
  });
}

function takeEarlierAnswers(): void {
  const get = methodOf(Answers.prototype, 'get');
  jest.spyOn(Answers.prototype, 'get').mockImplementation(function (this: Answers, userId) {
    return get.call(this, userId, () => true);
  });
}

function believeWithoutAnswer(): void {
  type PresentBy = (answer: Answer, subject: AccessSubject, doubt: unknown) => PresentState;
  const prototype = LiveAccess.prototype as unknown as { presentBy: PresentBy };
  const { presentBy } = prototype;
  jest.spyOn(prototype, 'presentBy').mockImplementation(function (this: object, answer, ...rest) {
    if (hasFailed(answer)) return { state: undefined, hasLost: () => false };
    return presentBy.call(this, answer, ...rest);
  });
}

function keepPermissions(token: UserClass, present: PresentState): UserClass {
  const user = narrowUser(token, present);
  const orgs = user.getOrgs().map(({ orgId, assignedRole }) => {
    const { inheritedRolesPlusCurrentRole, permissions } = token.getOrg(orgId)!;
    return membership(orgId, assignedRole, inheritedRolesPlusCurrentRole, permissions);
  });
  return present.state === undefined ? user : withOrgs(user, orgs);
}
