import { setTimeout as pause } from 'node:timers/promises';
import { call } from './clients.mjs';
import { Judge } from './judge.mjs';

/** Users whose access does not change, and who call all instances. */
export class OtherUsers {
  judges = [];
  #isOver = false;
  #calling;

  async start({ propelAuth, service }) {
    const users = await propelAuth.createUsers(40);
    this.judges = users.map(() => new Judge(propelAuth.slowness));
    this.#calling = users.map(({ token }, number) =>
      this.#callAgain(service.instances, token, number),
    );
  }

  async stop() {
    this.#isOver = true;
    await Promise.all(this.#calling);
  }

  async #callAgain(instances, token, number) {
    await pause(number * 25);
    for (let count = number; !this.#isOver; count++) {
      const startedAt = performance.now();
      const status = await call(`${instances[count % instances.length].url}/me`, token);
      this.judges[number].noteDecision({ startedAt, endedAt: performance.now(), status });
      await pause(500);
    }
  }
}
