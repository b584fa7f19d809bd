import { now, sleep } from './time.mjs';

const PINGS_PER_SECOND = 10;

/** How long the instances take for a call that nothing is decided about: it shows how busy the machine is. */
export class Pulse {
  longestSeconds = 0;
  #outages;

  /** @param outages when an instance did not work: it is not asked about them */
  constructor(outages) {
    this.#outages = outages;
  }

  async run(instances, signal) {
    while (!signal.aborted) {
      await sleep(1 / PINGS_PER_SECOND);
      await Promise.all(instances.map((instance) => this.#ping(instance)));
    }
  }

  async #ping(instance) {
    const start = now();
    // One that is over gives no answer.
    await fetch(`${instance.url}/ping`)
      .then((response) => response.text())
      .catch(() => undefined);
    if (this.#outages.some((outage) => outage.instance === instance && outage.to > start)) return;
    this.longestSeconds = Math.max(this.longestSeconds, now() - start);
  }
}
