import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { endChild, nextMessage, startChild } from '../child-process.mjs';
import { importPackage } from '../under-test/root.mjs';
import { send } from './clients.mjs';

const { Webhook } = await importPackage('svix');

const WEBHOOKS = { secret: `whsec_${randomBytes(24).toString('base64')}`, path: '/webhooks' };

/** Svix sends an event again after five seconds, if the answer was not 2xx. */
const RESEND_MILLISECONDS = 5_000;

/** A service with several instances, each in its own process. */
export class Service {
  instances = [];
  /** How often an event was not taken. */
  rejectedEvents = 0;

  /**
   * @param settings `propelAuth`; `redisUrl`, or `undefined` for instances that share nothing; `clockShifts`: by how many seconds the clock
   * of each instance is fast; `options`: more options of the package
   */
  static async start({ propelAuth, redisUrl, clockShifts = [0], options }) {
    const service = new Service();
    service.instances = await Promise.all(
      clockShifts.map((shift) => {
        const apiKey = randomUUID();
        const allOptions = { ...propelAuth.optionsFor(apiKey), webhooks: WEBHOOKS, ...options };
        return Instance.start({ apiKey, redisUrl, shift, options: allOptions });
      }),
    );
    return service;
  }

  /** Delivers an event to one of the instances, again and again until it is taken. */
  async deliver(id, event) {
    const instance = this.instances[randomInt(this.instances.length)];
    const body = JSON.stringify(event);
    const now = new Date();
    const headers = {
      'content-type': 'application/json',
      'svix-id': id,
      'svix-timestamp': `${Math.floor(now / 1_000)}`,
      'svix-signature': new Webhook(WEBHOOKS.secret).sign(id, now, body),
    };
    const status = await send(`${instance.url}/webhooks`, { method: 'POST', headers, body });
    if (status < 300) return;
    this.rejectedEvents++;
    await pause(RESEND_MILLISECONDS);
    await this.deliver(id, event);
  }

  async close() {
    await Promise.all(this.instances.map((instance) => instance.end()));
  }
}

class Instance {
  #settings;
  #child;
  url;

  static async start(settings) {
    const instance = new Instance();
    instance.#settings = settings;
    await instance.#start();
    return instance;
  }

  get apiKey() {
    return this.#settings.apiKey;
  }

  async restart() {
    await this.end();
    await this.#start();
  }

  async end() {
    await endChild(this.#child);
  }

  async #start() {
    const { shift, ...settings } = this.#settings;
    const clock = new URL(`shifted-clock.mjs?seconds=${shift}`, import.meta.url);
    this.#child = startChild({ execPath: process.execPath }, './live-access/instance-process.mjs', {
      args: [JSON.stringify(settings)],
      nodeOptions: ['--import', clock.href],
    });
    const { port } = await nextMessage(this.#child);
    this.url = `http://127.0.0.1:${port}`;
  }
}
