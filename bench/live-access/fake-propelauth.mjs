import { once } from 'node:events';
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { membershipsOf } from './project.mjs';
import { now, sleep } from './time.mjs';

/** As old as an answer can be, in seconds. */
export const MAXIMUM_LAG = 1.5;

const USUAL_LAG = 0.3;
const SHARE_OF_LATE_READS = 1 / 300;
const SHARE_OF_429 = 0.02;

/** PropelAuth's backend, as far as live access asks it: reads lag behind, and some get a 429. */
export class FakePropelAuth {
  /** When questions got a 429. */
  failures = [];
  questions = 0;
  #project;
  #random;
  #server = createServer((request, response) => void this.#answer(request, response));

  constructor(project, random) {
    this.#project = project;
    this.#random = random;
  }

  /** @returns its address */
  async listen() {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${this.#server.address().port}`;
  }

  close() {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  /** How old the next thing is that PropelAuth says. */
  nextLag() {
    const isLate = this.#random.chance(SHARE_OF_LATE_READS);
    return isLate ? MAXIMUM_LAG : this.#random.between(0, USUAL_LAG);
  }

  async #answer(request, response) {
    this.questions++;
    const userIds =
      request.method === 'POST'
        ? (await json(request)).user_ids
        : [new URL(request.url, 'http://localhost').pathname.split('/').at(-1)];
    // The answer is decided before it is on its way.
    const { status, body } = this.#answerAbout(userIds, request.method === 'POST');
    await sleep(this.#random.between(0.005, 0.05));
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
    if (status === 429) this.failures.push(now());
  }

  #answerAbout(userIds, isList) {
    if (this.#random.chance(SHARE_OF_429)) return { status: 429, body: {} };
    const time = now() - this.nextLag();
    const users = userIds.flatMap((userId) => {
      const state = this.#project.stateAt(userId, time);
      return state.exists ? userView(userId, state) : [];
    });
    if (isList) return { status: 200, body: users };
    return users.length === 1 ? { status: 200, body: users[0] } : { status: 404, body: {} };
  }
}

function userView(userId, state) {
  return {
    user_id: userId,
    email: `${userId}@example.com`,
    enabled: state.isEnabled,
    org_id_to_org_info: membershipsOf(state),
  };
}
