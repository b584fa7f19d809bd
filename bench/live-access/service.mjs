import { endChild, nextMessage, startChild } from '../child-process.mjs';
import { now } from './time.mjs';

/** The clocks of the instances, compared with that of this machine. */
const SKEWS_SECONDS = [-2, 0, 3];
/** The clocks of tokens, events and instances differ by 5 s at most. */
const TOLERANCE_SECONDS = 6;

/** The instances of a service: `{ index, url, startedAt }`, each in a process of its own. */
export class Service {
  instances = [];
  #options;

  constructor({ propelAuthUrl, verification, webhooks, redisUrl }) {
    this.#options = {
      authUrl: verification.issuer,
      apiUrl: propelAuthUrl,
      apiKey: 'a-key-for-the-proof',
      manualTokenVerificationMetadata: verification,
      clockToleranceSeconds: TOLERANCE_SECONDS,
      webhooks,
      debugMode: true,
      redisUrl,
    };
  }

  /** @param hasRunForAnHour whether tokens from before the proof are in no doubt */
  async startInstance({ hasRunForAnHour }) {
    const index = this.instances.length;
    const skewSeconds = SKEWS_SECONDS[index % SKEWS_SECONDS.length];
    const argument = JSON.stringify({ ...this.#options, skewSeconds, hasRunForAnHour });
    const child = startChild(process, 'live-access/instance.mjs', { args: [argument] });
    const instance = { index, url: '', startedAt: Infinity, child };
    this.instances.push(instance);
    const { port } = await nextMessage(child);
    instance.url = `http://127.0.0.1:${port}`;
    instance.startedAt = now();
    return instance;
  }

  async close() {
    for (const { child } of this.instances) child.kill('SIGCONT');
    await Promise.all(this.instances.map(({ child }) => endChild(child)));
  }
}
