import { once } from 'node:events';
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { Issuer, ISSUER } from '../tokens/issuer.mjs';
import { claimsOfPerson, membershipsFrom } from '../tokens/person.mjs';

const MEMBERSHIPS = membershipsFrom(0, 2);

/** The two organizations that everyone is an Admin of at first. */
export const [ORG_ID, OTHER_ORG_ID] = MEMBERSHIPS.map(({ org_id }) => org_id);

/** How access begins. */
export const FULL_ACCESS = {
  isEnabled: true,
  roles: Object.fromEntries(MEMBERSHIPS.map(({ org_id }) => [org_id, 'Admin'])),
};

const claimsOf = (number) => claimsOfPerson(number, MEMBERSHIPS);

export const AT_ONCE = { delay: 50, lag: 0 };

/** PropelAuth's questions about users, with answers that are late and older than the question. */
export class PropelAuth {
  /** How long it takes to answer, and how old an answer is at most, in milliseconds. */
  slowness = AT_ONCE;
  /** The requests and the users in them, by the API key of the instance that asked. */
  #counts = new Map();
  /** The states of each user, by id, with the time since which they hold. */
  #histories = new Map();
  #issuer = new Issuer();
  #server = createServer((request, response) => void this.#answer(request, response));
  #userCount = 0;

  async listen() {
    await once(this.#server.listen(0, '127.0.0.1'), 'listening');
  }

  /** The options of an instance. */
  optionsFor(apiKey) {
    return {
      authUrl: ISSUER,
      apiUrl: `http://127.0.0.1:${this.#server.address().port}`,
      apiKey,
      manualTokenVerificationMetadata: this.#issuer.verification,
    };
  }

  /** Creates users with full access, and a token for each. */
  async createUsers(count) {
    const first = this.#userCount;
    this.#userCount += count;
    const tokens = await this.#issuer.accessTokens(count, first, claimsOf);
    return tokens.map((token, index) => {
      const { user_id: userId } = claimsOf(first + index);
      this.#histories.set(userId, [{ since: -Infinity, state: FULL_ACCESS }]);
      return { userId, token };
    });
  }

  change(userId, state) {
    this.#histories.get(userId).push({ since: performance.now(), state });
  }

  /** What was asked since the last time. @param apiKey only by this instance */
  takeCounts(apiKey) {
    const keys = apiKey === undefined ? [...this.#counts.keys()] : [apiKey];
    const total = { requests: 0, users: 0 };
    for (const key of keys) {
      const { requests = 0, users = 0 } = this.#counts.get(key) ?? {};
      total.requests += requests;
      total.users += users;
      this.#counts.delete(key);
    }
    return total;
  }

  close() {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #answer(request, response) {
    const { delay, lag } = this.slowness;
    const readAt = performance.now() - lag * Math.random();
    const { pathname } = new URL(request.url, ISSUER);
    const lastPart = pathname.split('/').at(-1);
    const isBatch = lastPart === 'user_ids';
    const userIds = isBatch ? (await json(request)).user_ids : [lastPart];
    this.#count(request.headers.authorization.replace('Bearer ', ''), userIds.length);
    const users = userIds.map((userId) => this.#userAt(userId, readAt));
    await pause(delay * (0.5 + Math.random() / 2));
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(isBatch ? users : users[0]));
  }

  #count(apiKey, userCount) {
    const { requests, users } = this.#counts.get(apiKey) ?? { requests: 0, users: 0 };
    this.#counts.set(apiKey, { requests: requests + 1, users: users + userCount });
  }

  #userAt(userId, time) {
    const history = this.#histories.get(userId);
    const { isEnabled, roles } = history.findLast(({ since }) => since <= time).state;
    const memberships = MEMBERSHIPS.filter(({ org_id }) => org_id in roles).map((membership) => ({
      ...membership,
      user_role: roles[membership.org_id],
      inherited_user_roles_plus_current_role:
        roles[membership.org_id] === 'Admin' ? ['Admin', 'Member'] : ['Member'],
    }));
    return {
      user_id: userId,
      email: 'someone@example.com',
      enabled: isEnabled,
      org_id_to_org_info: Object.fromEntries(memberships.map((one) => [one.org_id, one])),
    };
  }
}
