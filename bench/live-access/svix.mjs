import { randomBytes, randomUUID } from 'node:crypto';
import { Webhook } from 'svix';
import { now, sleep } from './time.mjs';

/** Where instances receive events. */
export const WEBHOOK_PATH = '/webhooks/propelauth';

/** The clock of Svix, compared with that of this machine. */
const SKEW_SECONDS = -2;
/** Svix itself waits for 5 s, 5 min, … */
const SECONDS_UNTIL_RETRY = 0.5;
const TIMEOUT_SECONDS = 15;

const SHARE_OF_LATE_EVENTS = 0.05;
const SHARE_OF_DUPLICATES = 0.1;

/** Signs events and delivers each to one of the instances: late, twice and out of order at times, and again until it gets 2xx. */
export class Svix {
  secret = `whsec_${randomBytes(24).toString('base64')}`;
  #instances;
  #random;

  /** @param instances which receive events; it may change */
  constructor(instances, random) {
    this.#instances = instances;
    this.#random = random;
  }

  /** Delivers the event of a change, and adds the attempts to its `deliveries`: `{ instance, at, status, answeredAt }`. */
  async deliver(change) {
    const id = `msg_${randomUUID()}`;
    const isLate = this.#random.chance(SHARE_OF_LATE_EVENTS);
    await sleep(isLate ? this.#random.between(1, 4) : this.#random.between(0.02, 0.2));
    const isDoubled = this.#random.chance(SHARE_OF_DUPLICATES);
    await Promise.all([
      this.#deliverOnce(change, id),
      isDoubled && sleep(this.#random.between(0.1, 6)).then(() => this.#deliverOnce(change, id)),
    ]);
  }

  async #deliverOnce(change, id) {
    for (;;) {
      const status = await this.#attempt(change, id, this.#random.pick(this.#instances));
      if (status >= 200 && status < 300) return;
      await sleep(SECONDS_UNTIL_RETRY);
    }
  }

  async #attempt({ event, deliveries }, id, instance) {
    const delivery = { instance, at: now(), status: 0, answeredAt: Infinity };
    deliveries.push(delivery);
    try {
      delivery.status = await this.deliverTo(instance, event, id);
    } catch {
      // No answer: Svix tries again.
    }
    delivery.answeredAt = now();
    return delivery.status;
  }

  /** @returns the status of the answer */
  async deliverTo(instance, event, id = `msg_${randomUUID()}`) {
    const body = JSON.stringify(event);
    const time = new Date(Date.now() + SKEW_SECONDS * 1000);
    const response = await fetch(instance.url + WEBHOOK_PATH, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'svix-id': id,
        'svix-timestamp': String(Math.floor(time.getTime() / 1000)),
        'svix-signature': new Webhook(this.secret).sign(id, time, body),
      },
      body,
      signal: AbortSignal.timeout(TIMEOUT_SECONDS * 1000),
    });
    await response.text();
    return response.status;
  }
}
