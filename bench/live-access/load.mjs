import { now, sleepUntil } from './time.mjs';

/** For how long after a change requests are sent for the sake of it, in seconds. */
const INTERESTING_SECONDS = 6;
const SHARE_OF_INTERESTING_REQUESTS = 0.7;

const PATHS = {
  user: () => '/me',
  member: (orgId) => `/orgs/${orgId}`,
  admin: (orgId) => `/orgs/${orgId}/admin`,
  payer: (orgId) => `/orgs/${orgId}/pay`,
};

/**
 * Users who call the instances in turn, at a steady rate: mostly those whose access has just changed. A request is
 * `{ token, route, instance, sentAt, answeredAt, status }`, and its route is `{ needs, orgId }`.
 */
export class Load {
  requests = [];
  #project;
  #tokens;
  #changes;
  #random;

  constructor({ project, tokens, changes, random }) {
    this.#project = project;
    this.#tokens = tokens;
    this.#changes = changes;
    this.#random = random;
  }

  /** Sends so many requests a second until the signal is aborted, and waits for their answers. */
  async run(instances, rate, signal) {
    const start = now();
    const answers = [];
    for (let count = 0; !signal.aborted; count++) {
      // Behind schedule, it does not wait.
      if (now() < start + count / rate) await sleepUntil(start + count / rate);
      answers.push(this.#send(instances[count % instances.length]));
    }
    await Promise.all(answers);
  }

  async #send(instance) {
    const { userIds, orgId } = this.#pickSubject();
    const token = this.#random.pick(this.#tokens.of(this.#random.pick(userIds)));
    const route = this.#pickRoute(token, orgId);
    const request = { token, route, instance, sentAt: now(), answeredAt: Infinity, status: 0 };
    this.requests.push(request);
    try {
      const response = await fetch(instance.url + PATHS[route.needs](route.orgId), {
        headers: { authorization: `Bearer ${token.text}` },
      });
      request.answeredAt = now();
      request.status = response.status;
      request.reason = JSON.parse((await response.text()) || '{}').reason;
    } catch {
      request.answeredAt = now();
    }
  }

  #pickSubject() {
    const since = now() - INTERESTING_SECONDS;
    const recent = this.#changes.filter(({ changedAt }) => changedAt > since);
    if (recent.length === 0 || !this.#random.chance(SHARE_OF_INTERESTING_REQUESTS)) {
      return { userIds: this.#project.userIds };
    }
    // The later of two: most requests are sent right after a change.
    const { userIds, event } = [this.#random.pick(recent), this.#random.pick(recent)].reduce(
      (one, other) => (one.changedAt > other.changedAt ? one : other),
    );
    return { userIds, orgId: event.org_id };
  }

  #pickRoute({ orgIds }, changedOrgId) {
    const needs = this.#random.pick(
      changedOrgId ? ['member', 'admin', 'payer'] : Object.keys(PATHS),
    );
    const orgId = orgIds.includes(changedOrgId) ? changedOrgId : this.#random.pick(orgIds);
    return needs === 'user' || orgId === undefined ? { needs: 'user' } : { needs, orgId };
  }
}
