import { MAXIMUM_LAG } from './fake-propelauth.mjs';

/*
 * What a request may get, in terms of true time. It knows nothing of marks, cutoffs, floors and clocks.
 */

/** After so long, and as long as an answer of PropelAuth may be behind, a change counts. */
export const COUNTS_AFTER = 3 + MAXIMUM_LAG;
/** An event that arrives so shortly before an outage may not have reached the other instances. */
const IN_FLIGHT_SECONDS = 0.5;
/** A Redis client sends what it could not send as soon as it is connected again, also what nobody waits for any more. */
const RECONNECT_SECONDS = 3;
/** For how long a 429 is felt: an instance pauses for 1 s, and remembers for 0.5 s what it could not ask meanwhile. */
const FAILURE_SECONDS = 1.6;

export class Model {
  #project;
  #changesByUser = new Map();
  #failures;
  #outages;

  /**
   * @param failures when PropelAuth answered a question with 429
   * @param outages when an instance, or without one the connection between them, did not work: `{ from, to, instance }`
   */
  constructor({ project, changes, failures, outages }) {
    this.#project = project;
    this.#failures = failures;
    this.#outages = outages;
    for (const change of changes) {
      for (const userId of change.userIds) {
        this.#changesByUser.set(userId, [...(this.#changesByUser.get(userId) ?? []), change]);
      }
    }
  }

  /** What a request got: `right`, `old access`, `brief denial`, `unavailable`, `wrong denial` or `failure`. */
  verdictOn(request) {
    const { token, route, instance, sentAt, answeredAt, status } = request;
    // States before the last change that counts are over. Before its event arrives, nobody can know of a change.
    const counting = this.#changesOf(token.userId).filter(
      (change) => this.knownFrom(change, instance) + COUNTS_AFTER <= sentAt,
    );
    const over = Math.max(-Infinity, ...counting.map(({ changedAt }) => changedAt));
    const states = this.#project.statesBetween(token.userId, over, answeredAt);
    if (status === 200)
      return states.some((state) => allows(state, token, route)) ? 'right' : 'old access';
    if (status === 503) return this.#hasFailed(request) ? 'unavailable' : 'wrong denial';
    if (status !== 401 && status !== 403) return 'failure';
    if (!allows(states.at(-1), token, route)) return 'right';
    const isBrief =
      states.some((state) => !allows(state, token, route)) || this.#isBrieflyDenied(request);
    return isBrief ? 'brief denial' : 'wrong denial';
  }

  /** From when on an instance can know of a change: from the arrival of its event, here or at another instance. */
  knownFrom({ deliveries }, instance) {
    return Math.min(Infinity, ...deliveries.map((delivery) => this.#knownBy(delivery, instance)));
  }

  #knownBy(delivery, instance) {
    // An instance that stands still tells nobody.
    const arrivedAt = this.#afterOutages(delivery.at, delivery.instance);
    if (delivery.instance.index === instance.index) return arrivedAt;
    return this.#afterOutages(this.#afterOutages(arrivedAt, undefined), instance);
  }

  /** Whether an outage keeps an instance from knowing of a change at once. */
  isDelayed(change, instance) {
    return this.knownFrom(change, instance) > (change.deliveries[0]?.at ?? Infinity);
  }

  /**
   * How long the access lasted that a change took, in seconds from when an instance could know of it to the last request that was let in:
   * `undefined` when no request tried.
   */
  lastOldAccess(change, instance, requests) {
    const knownFrom = this.knownFrom(change, instance);
    const tries = requests.filter(
      ({ token, route, answeredAt, instance: { index } }) =>
        index === instance.index &&
        answeredAt > knownFrom &&
        change.userIds.includes(token.userId) &&
        token.orgIds.includes(route.orgId ?? token.orgIds[0]) &&
        this.#project
          .statesBetween(token.userId, change.changedAt, answeredAt)
          .every((state) => !allows(state, token, route)),
    );
    if (tries.length === 0) return undefined;
    const times = tries.filter(({ status }) => status === 200).map(({ answeredAt }) => answeredAt);
    return Math.max(knownFrom, ...times) - knownFrom;
  }

  #changesOf(userId) {
    return this.#changesByUser.get(userId) ?? [];
  }

  #afterOutages(time, instance) {
    return this.#outages
      .filter((outage) => outage.instance?.index === instance?.index)
      .reduce(
        (latest, { from, to }) => (latest > from - IN_FLIGHT_SECONDS && latest < to ? to : latest),
        time,
      );
  }

  /** Users whose access has changed get 503 after a 429, whoever it was about. */
  #hasFailed({ token, sentAt, answeredAt }) {
    return (
      this.#changesOf(token.userId).length > 0 &&
      this.#failures.some((at) => at >= sentAt - FAILURE_SECONDS && at <= answeredAt)
    );
  }

  /** What an event denies, although it comes twice or late, is denied for seconds: up to the last of the events that follow closely. */
  #isBrieflyDenied({ token, route, instance, sentAt, answeredAt }) {
    const events = this.#changesOf(token.userId)
      .flatMap(({ event, deliveries }) =>
        deliveries.map((delivery) => {
          const at = this.#knownBy(delivery, instance);
          return { event, at, lastAt: delivery.status === 503 ? at + RECONNECT_SECONDS : at };
        }),
      )
      .filter(({ at }) => at <= answeredAt)
      .toSorted((one, other) => other.lastAt - one.lastAt);
    let end = sentAt;
    for (const { at, lastAt, event } of events) {
      if (lastAt + COUNTS_AFTER < end) return false;
      if (denies(event, route)) return true;
      end = Math.min(end, at);
    }
    return false;
  }
}

/** Whether a user in this state may call a route with a token. */
function allows({ isEnabled, roles }, { orgIds }, { needs, orgId }) {
  if (!isEnabled) return false;
  if (needs === 'user') return true;
  if (!orgIds.includes(orgId)) return false;
  return needs === 'member' ? roles[orgId] !== undefined : roles[orgId] === 'Admin';
}

/** Whether an event itself says that a route is denied. */
function denies({ event_type: type, org_id: eventOrgId }, { orgId }) {
  if (type === 'user.disabled' || type === 'user.deleted') return true;
  return type === 'user.removed_from_org' && eventOrgId === orgId;
}
