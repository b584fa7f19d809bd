import { randomInt, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { call, openStream } from './clients.mjs';
import { Judge } from './judge.mjs';
import { FULL_ACCESS, ORG_ID, OTHER_ORG_ID } from './propelauth.mjs';

/** How often a user calls each instance, until it rejects the call, and otherwise. */
const EAGER_MILLISECONDS = 25;
const CALM_MILLISECONDS = 250;

/** A client opens its stream again after this time, as `EventSource` does. */
const RECONNECT_MILLISECONDS = 200;

const { [ORG_ID]: _removed, ...rolesElsewhere } = FULL_ACCESS.roles;

/** The changes of access: the route that they concern, what else the user may do, and the events about the loss and the return. */
const CHANGES = {
  disable: {
    path: '/me',
    others: [],
    lost: { ...FULL_ACCESS, isEnabled: false },
    events: (user_id) => [
      { event_type: 'user.disabled', user_id },
      { event_type: 'user.enabled', user_id },
    ],
  },
  remove: {
    path: `/orgs/${ORG_ID}`,
    others: ['/me', `/orgs/${OTHER_ORG_ID}`],
    lost: { ...FULL_ACCESS, roles: rolesElsewhere },
    // An old token never gets an organization back.
    events: (removed_user_id) => [
      { event_type: 'user.removed_from_org', removed_user_id, org_id: ORG_ID },
    ],
  },
  demote: {
    path: `/orgs/${ORG_ID}/admin`,
    others: ['/me', `/orgs/${ORG_ID}`],
    lost: { ...FULL_ACCESS, roles: { ...FULL_ACCESS.roles, [ORG_ID]: 'Member' } },
    events(user_id) {
      const event = { event_type: 'user.role_changed_within_org', user_id, org_id: ORG_ID };
      return [event, event];
    },
  },
};

const isEnded = ({ rejectedAt, closedAt }) => rejectedAt !== undefined && closedAt !== undefined;

/** A user who calls all instances and has a stream open at each, while their access changes. */
export class Subject {
  #service;
  #propelAuth;
  #user;
  #change;
  #judge;
  #judgeOfOthers;
  /** By instance: since when calls are rejected, and since when the stream is closed. `undefined` while they are not. */
  #ends;
  #streams = new Set();
  #isOver = false;

  constructor({ service, propelAuth, user, change }) {
    this.#service = service;
    this.#propelAuth = propelAuth;
    this.#user = user;
    this.#change = CHANGES[change];
    this.#judge = new Judge(propelAuth.slowness);
    this.#judgeOfOthers = new Judge(propelAuth.slowness);
    this.#ends = service.instances.map(() => ({}));
  }

  /**
   * Changes access step by step, and watches until the last change counts.
   *
   * @param steps each with `wait`, `isAllowed`, and after how many milliseconds its event is delivered: `deliveries`
   * @param plan for how long a user is watched afterwards
   * @returns how many milliseconds after the event the last instance rejected, and had also closed the stream, if access was lost
   */
  async run(steps, plan) {
    const watching = this.#service.instances.flatMap(({ url }, index) => [
      this.#callAgain(url, this.#ends[index]),
      this.#keepStream(url, this.#ends[index]),
    ]);
    watching.push(this.#callOthers());
    const states = [];
    for (const step of steps) {
      await pause(step.wait);
      states.push(this.#changeAccess(step));
    }
    const figures = await this.#untilItCounts(states, plan);
    this.#isOver = true;
    for (const { close } of this.#streams) close();
    await Promise.all(watching);
    return { ...figures, judges: [this.#judge, this.#judgeOfOthers] };
  }

  #changeAccess({ isAllowed, deliveries }) {
    this.#propelAuth.change(this.#user.userId, isAllowed ? FULL_ACCESS : this.#change.lost);
    const event = this.#change.events(this.#user.userId)[isAllowed ? 1 : 0];
    const state = this.#judge.change(isAllowed);
    const id = randomUUID();
    const deliver = async (delay) => {
      await pause(delay);
      this.#judge.noteEvent(state);
      await this.#service.deliver(id, event);
    };
    return { state, delivered: Promise.all(deliveries.map(deliver)) };
  }

  async #untilItCounts(changes, { watchedMilliseconds, maximumMilliseconds }) {
    await Promise.all(changes.map(({ delivered }) => delivered));
    const { isAllowed, knownAt } = changes.at(-1).state;
    const lastKnownAt = Math.max(...changes.map(({ state }) => state.knownAt));
    let settledAt;
    for (let now = lastKnownAt; now < lastKnownAt + maximumMilliseconds;) {
      await pause(100);
      now = performance.now();
      if (this.#ends.every(isEnded) || (isAllowed && now > lastKnownAt + this.#judge.allowance)) {
        settledAt ??= now;
      }
      if (now > settledAt + watchedMilliseconds) break;
    }
    if (isAllowed) return {};
    const last = (name) =>
      Math.max(0, ...this.#ends.map((ends) => (ends[name] ?? Infinity) - knownAt));
    return { rejected: last('rejectedAt'), closed: last('closedAt') };
  }

  async #callAgain(url, ends) {
    const { path } = this.#change;
    while (!this.#isOver) {
      const status = await this.#call(url + path, this.#judge);
      if (status === 200) ends.rejectedAt = undefined;
      else ends.rejectedAt ??= performance.now();
      await pause(status === 200 ? EAGER_MILLISECONDS : CALM_MILLISECONDS);
    }
  }

  async #keepStream(url, ends) {
    while (!this.#isOver) {
      const stream = await openStream(`${url}${this.#change.path}/events`, this.#user.token);
      if (stream.status === 200) {
        ends.closedAt = undefined;
        this.#streams.add(stream);
        if (this.#isOver) stream.close();
        await stream.ended;
        this.#streams.delete(stream);
      }
      ends.closedAt ??= performance.now();
      await pause(RECONNECT_MILLISECONDS);
    }
  }

  async #callOthers() {
    const { instances } = this.#service;
    const { others } = this.#change;
    if (others.length === 0) return;
    while (!this.#isOver) {
      const { url } = instances[randomInt(instances.length)];
      await this.#call(url + others[randomInt(others.length)], this.#judgeOfOthers);
      await pause(CALM_MILLISECONDS);
    }
  }

  async #call(url, judge) {
    const startedAt = performance.now();
    const status = await call(url, this.#user.token);
    judge.noteDecision({ startedAt, endedAt: performance.now(), status });
    return status;
  }
}
