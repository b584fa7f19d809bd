import type { UserClass } from '@propelauth/node-apis';
import { Rejection } from '../../lib/rejections/rejection.js';
import { MAXIMUM_LAG, TOLERANCE, type Decision, type History, type Receipt } from './simulation.js';
import {
  ORGS,
  rolesOf,
  TOKEN_SECONDS,
  type Person,
  type SimulatedRead,
  type SimulatedToken,
} from './simulated-propelauth.js';

/*
 * What has to hold of every decision, in terms of true time: this knows nothing of marks, cutoffs, bounds and clocks.
 */

/** A read that began so much later than an event may lift what the event denies. */
const SETTLE = 2;
/** After so long a change counts. */
const COUNTS_AFTER = 3;
/** An answer that takes access away is used no longer. */
const TAKING = 30;
/** No answer is used longer. */
const LIFE = 3_600;
/** After a failure, tokens from before the start are believed for so long. */
const OUTAGE = 30;
/** A question may wait so long for others, to be sent with them. */
const GATHERING = 0.05;
/** Clocks may differ by so much, all in all. */
const MAXIMUM_SKEW = 40;

/** What a decision does wrong. */
export function violationsOf(history: History, { isRoomy }: { isRoomy: boolean }): string[] {
  return [
    ...history.decisions.flatMap((decision) => [
      ...widenings(decision),
      ...mixedRoles(decision),
      ...liftedDenials(history, decision),
      ...oldAccess(history, decision),
      ...inexact(history, decision),
      ...(isRoomy ? needlessRejections(history, decision) : []),
      ...(isRoomy ? needlessWaits(history, decision) : []),
    ]),
    ...(isRoomy ? needlessReads(history) : []),
  ];
}

/** Nothing that the token does not say. */
function widenings({ token: { user: before }, outcome }: Decision): string[] {
  if (outcome instanceof Rejection) return [];
  const { orgIdToUserOrgInfo: orgs, ...rest } = outcome;
  const { orgIdToUserOrgInfo: orgsBefore, ...restBefore } = before;
  const added = Object.keys(orgs ?? {}).filter((orgId) => !Object.hasOwn(orgsBefore!, orgId));
  return [
    ...added.map((orgId) => `${orgId} is not in the token`),
    ...(JSON.stringify(rest) === JSON.stringify(restBefore) ? [] : ['another field has changed']),
  ];
}

/** Roles and permissions are those of one time. */
function mixedRoles({ outcome }: Decision): string[] {
  if (outcome instanceof Rejection) return [];
  return Object.values(outcome.orgIdToUserOrgInfo ?? {})
    .filter((membership) => {
      const { userInheritedRolesPlusCurrentRole, userPermissions } = rolesOf(
        membership.assignedRole,
      );
      return (
        String(membership.inheritedRolesPlusCurrentRole) !==
          String(userInheritedRolesPlusCurrentRole) ||
        String(membership.permissions) !== String(userPermissions)
      );
    })
    .map(({ orgId, assignedRole }) => `${assignedRole} of ${orgId} has what another role has`);
}

/** What an event denies to older tokens is denied until a read lifts it that began late enough. */
function liftedDenials(history: History, decision: Decision): string[] {
  const { token, startedAt, endedAt, outcome } = decision;
  if (outcome instanceof Rejection) return [];
  const userId = token.user.userId;
  return receiptsFor(history, decision)
    .filter(({ receivedAt, changedAt }) => receivedAt <= startedAt && token.accessOf < changedAt)
    .filter(({ receivedAt, event }) => {
      const later = history.propelAuth.reads.filter(
        (read) =>
          read.userId === userId &&
          read.begunAt >= receivedAt + SETTLE &&
          read.endedAt <= endedAt &&
          read.person !== undefined,
      );
      const orgId = String(event['org_id']);
      const isIn = roleIn(outcome, orgId) !== undefined;
      switch (event.event_type) {
        case 'user.disabled':
        case 'user.deleted':
          return !later.some(({ person }) => person!.isEnabled);
        case 'user.removed_from_org':
          return isIn && !later.some(({ person }) => person!.roles[orgId] !== undefined);
        case 'org.deleted':
          return isIn;
        default:
          return false;
      }
    })
    .map(({ event }) => `${event.event_type} does not deny`);
}

/** Seconds after an event, access is that of some time after the change; and no answer is used for longer than a token. */
function oldAccess(history: History, decision: Decision): string[] {
  const { token, endedAt, outcome } = decision;
  if (outcome instanceof Rejection) return [];
  const changedAt = receiptsFor(history, decision)
    // Of a deleted organization only that is asked: no user is marked.
    .filter(({ event }) => event.event_type !== 'org.deleted')
    .filter((receipt) => receipt.receivedAt + COUNTS_AFTER <= endedAt)
    .filter((receipt) => token.accessOf < receipt.changedAt)
    .map((receipt) => receipt.changedAt);
  // The answer may be older than the token, and not older than the start.
  if (isAlwaysChecked(history, decision)) {
    changedAt.push(startOf(history, decision) - MAXIMUM_LAG);
  }
  if (changedAt.length === 0) return [];
  const userId = token.user.userId;
  const start = Math.max(...changedAt, endedAt - LIFE - MAXIMUM_LAG);
  const people = history.propelAuth.peopleBetween(userId, start, endedAt);
  return people.some(({ isEnabled }) => isEnabled)
    ? orgsOf(outcome)
        .filter(([orgId, role]) => !people.some(({ roles }) => roles[orgId] === role))
        .map(([orgId, role]) => `${role} of ${orgId} is over since ${start}, at ${endedAt}`)
    : [`the user is disabled since ${start}, at ${endedAt}`];
}

/** When all is quiet, access is exactly what it should be. */
function inexact(history: History, decision: Decision): string[] {
  const { token, startedAt, endedAt, outcome } = decision;
  const { userId } = token.user;
  const quietSince = startedAt - TAKING - MAXIMUM_LAG - COUNTS_AFTER;
  const isQuiet =
    history.changes.every(({ changedAt }) => changedAt <= quietSince || changedAt > endedAt) &&
    history.receipts.every(({ receivedAt }) => receivedAt <= quietSince || receivedAt > endedAt) &&
    history.changes
      .filter(({ changedAt }) => changedAt <= endedAt)
      .every(({ event }) =>
        history.receipts.some(
          (receipt) => receipt.event === event && receipt.receivedAt <= quietSince,
        ),
      );
  if (!isQuiet || (outcome instanceof Rejection && hasFailedLately(history, decision))) return [];
  if (mayBeOlderThanStart(history, decision) && hasBeenOut(history, decision)) return [];
  const person = history.propelAuth.personAt(userId, endedAt);
  // Access that PropelAuth has taken away stays away until it says otherwise.
  if (isWithin(outcome, person) && hasBeenOut(history, decision)) return [];
  const expected = accessOf(token.user, person);
  const actual = outcome instanceof Rejection ? outcome.reason : describe(orgsOf(outcome));
  return actual === expected ? [] : [`access is ${actual} and should be ${expected}`];
}

/** Whether a user gets no more than a person has. */
function isWithin(outcome: UserClass | Rejection, { isEnabled, roles }: Person): boolean {
  if (outcome instanceof Rejection) return false;
  return isEnabled && orgsOf(outcome).every(([orgId, role]) => roles[orgId] === role);
}

function accessOf({ orgIdToUserOrgInfo }: UserClass, { isEnabled, roles }: Person): string {
  if (!isEnabled) return 'token_revoked';
  const shared = Object.entries(roles).filter(([orgId]) =>
    Object.hasOwn(orgIdToUserOrgInfo!, orgId),
  );
  return describe(shared);
}

function describe(orgs: readonly (readonly [orgId: string, role: string])[]): string {
  const texts = orgs.map(([orgId, role]) => `${role} of ${orgId}`);
  return texts.toSorted((one, other) => one.localeCompare(other)).join(', ');
}

/** Nobody is rejected without a reason. */
function needlessRejections(history: History, decision: Decision): string[] {
  const { token, endedAt, outcome } = decision;
  if (!(outcome instanceof Rejection)) return [];
  // An answer can be older than the token.
  const start = Math.min(token.accessOf, endedAt - TAKING - MAXIMUM_LAG);
  const people = history.propelAuth.peopleBetween(token.user.userId, start, endedAt);
  const hasReason =
    hasFailedLately(history, decision) ||
    (!isUnavailable(outcome) &&
      (people.some(({ isEnabled }) => !isEnabled) || isBrieflyDenied(history, decision)));
  return hasReason ? [] : [`${outcome.reason} without a reason`];
}

/** A user who was disabled is denied everything for seconds after the last of the events that followed closely. */
function isBrieflyDenied(history: History, decision: Decision): boolean {
  const { endedAt } = decision;
  const receipts = receiptsFor(history, decision).filter(({ receivedAt }) => receivedAt <= endedAt);
  const denial = receipts.findLastIndex(({ event }) => event.event_type === 'user.disabled');
  if (denial < 0) return false;
  const times = [...receipts.slice(denial).map(({ receivedAt }) => receivedAt), endedAt];
  return times.slice(1).every((time, index) => time - times[index]! < COUNTS_AFTER);
}

/** Users about whom there was no event do not wait. */
function needlessWaits(history: History, decision: Decision): string[] {
  const { token, startedAt, isAtOnce, outcome } = decision;
  const hasReason =
    receiptsFor(history, decision).some(({ receivedAt }) => receivedAt <= startedAt) ||
    isLongLived(token) ||
    mayBeOlderThanStart(history, decision);
  return hasReason || (isAtOnce && outcome === token.user) ? [] : ['an unmarked user waits'];
}

/** Nobody asks about a user who knows already: an answer that came late enough after the last event counts until the next one. */
function needlessReads(history: History): string[] {
  const { reads } = history.propelAuth;
  return reads.flatMap((read, index) => {
    const earlier = reads.slice(0, index).filter(({ userId }) => userId === read.userId);
    const last = earlier.at(-1);
    if (last === undefined || isReasonToAsk(history, last, read)) return [];
    return earlier.some((one) => isTooLate(history, one, read))
      ? []
      : [`a needless question at ${read.begunAt} after one at ${last.begunAt}`];
  });
}

/** Whether there is a reason to ask about the same user again. */
function isReasonToAsk(history: History, earlier: SimulatedRead, read: SimulatedRead): boolean {
  const { begunAt, person, saysNothing } = earlier;
  // An answer that is not settled counts until one could be.
  const ends = changesBefore(history, read).flatMap((time) => [time, time + SETTLE]);
  const seconds = read.begunAt - begunAt;
  const takes = !person?.isEnabled || ORGS.some((orgId) => person.roles[orgId] === undefined);
  return (
    saysNothing ||
    // A failure counts for a second.
    (person === undefined && read.begunAt >= earlier.endedAt + 1 - 1e-9) ||
    ends.some((time) => begunAt < time + 1e-9 && read.begunAt >= time - 1e-9) ||
    (takes && seconds >= TAKING - 1e-9) ||
    seconds >= LIFE - 1e-9
  );
}

/** Whether a call asks again that has waited for an answer from before a change, or for one that is not settled and came too late. */
function isTooLate(history: History, earlier: SimulatedRead, read: SimulatedRead): boolean {
  const changedAt = Math.max(...changesBefore(history, read));
  const settledAt = changedAt + SETTLE;
  const isUnsettled = earlier.begunAt < settledAt && earlier.endedAt >= settledAt - 1e-9;
  const seconds = read.begunAt - earlier.endedAt;
  const isSoonAfter = seconds > -1e-9 && seconds < GATHERING + 1e-9;
  return (earlier.begunAt < changedAt || isUnsettled) && isSoonAfter;
}

/** When the access of a user changed, or the instance started, before a question. */
function changesBefore({ receipts, restarts }: History, { userId, begunAt }: SimulatedRead) {
  const changes = receipts.filter(
    ({ event }) =>
      (event['user_id'] ?? event['removed_user_id']) === userId &&
      event.event_type !== 'user.added_to_org',
  );
  const times = [0, ...restarts, ...changes.map(({ receivedAt }) => receivedAt)];
  return times.filter((time) => time <= begunAt);
}

/** The events that the instance of a decision knows of, and that concern it. */
function receiptsFor(history: History, decision: Decision): Receipt[] {
  const { userId, orgIdToUserOrgInfo } = decision.token.user;
  const start = startOf(history, decision);
  return history.receipts.filter(({ receivedAt, event }) => {
    const subject = event['user_id'] ?? event['removed_user_id'];
    if (receivedAt <= start || event.event_type === 'user.added_to_org') return false;
    return subject === undefined
      ? Object.hasOwn(orgIdToUserOrgInfo!, String(event['org_id']))
      : subject === userId;
  });
}

/** When the instance of a decision started. */
function startOf({ restarts }: History, { startedAt }: Decision): number {
  return restarts.findLast((time) => time <= startedAt) ?? 0;
}

function isLongLived({ issuedAt, expiresAt }: SimulatedToken): boolean {
  return expiresAt - issuedAt > 2 * TOKEN_SECONDS;
}

/** Whether a token is checked without an event, unless PropelAuth is out of reach and nothing speaks against it. */
function isAlwaysChecked(history: History, decision: Decision): boolean {
  const { token } = decision;
  const isOlderThanStart = token.madeAt <= startOf(history, decision);
  return isLongLived(token) || (isOlderThanStart && !hasBeenOut(history, decision));
}

function mayBeOlderThanStart(history: History, decision: Decision): boolean {
  const start = startOf(history, decision);
  return decision.token.madeAt <= start + TOLERANCE + SETTLE + MAXIMUM_SKEW;
}

/** Whether PropelAuth has been out of reach lately, for whichever user. */
function hasBeenOut(history: History, decision: Decision): boolean {
  const { startedAt, endedAt } = decision;
  return (
    hasFailedLately(history, decision) ||
    history.propelAuth.reads.some(
      (read) =>
        read.person === undefined && read.endedAt >= startedAt - OUTAGE && read.endedAt <= endedAt,
    )
  );
}

/** Whether PropelAuth failed to answer, or access changed while it was slow to. */
function hasFailedLately(
  { propelAuth, receipts }: History,
  { token, startedAt, endedAt }: Decision,
) {
  const reads = propelAuth.reads.filter(
    (read) =>
      read.userId === token.user.userId && read.endedAt >= startedAt - 1 && read.endedAt <= endedAt,
  );
  const isSlow = reads.some((read) => read.endedAt - read.begunAt > 1);
  const hasChanged = receipts.some(
    ({ receivedAt }) => receivedAt >= startedAt - SETTLE && receivedAt <= endedAt,
  );
  return reads.some(({ person }) => person === undefined) || (isSlow && hasChanged);
}

function isUnavailable(outcome: UserClass | Rejection): boolean {
  return outcome instanceof Rejection && outcome.reason === 'propelauth_unavailable';
}

function orgsOf({ orgIdToUserOrgInfo }: UserClass): [orgId: string, role: string][] {
  return Object.entries(orgIdToUserOrgInfo ?? {}).map(([orgId, { assignedRole }]) => [
    orgId,
    assignedRole,
  ]);
}

function roleIn(user: UserClass, orgId: string): string | undefined {
  return user.getOrg(orgId)?.assignedRole;
}
