import { makeChange } from './changes.mjs';
import { FakePropelAuth } from './fake-propelauth.mjs';
import { Load } from './load.mjs';
import { Model } from './model.mjs';
import { Project } from './project.mjs';
import { Pulse } from './pulse.mjs';
import { Random } from './random.mjs';
import { RedisServer } from './redis-server.mjs';
import { Service } from './service.mjs';
import { Svix, WEBHOOK_PATH } from './svix.mjs';
import { now, sleep, sleepUntil } from './time.mjs';
import { Tokens } from './tokens.mjs';

const SECONDS_OF_WARM_UP = 3;
const CHANGES_PER_SECOND = 8;
/** Until the last change counts for certain, and old access would be seen. */
const SECONDS_AFTER_CHANGES = 8;
const SECONDS_OF_LATE_INSTANCE = 8;

/**
 * Runs a scenario: users call the instances while their access changes.
 *
 * @returns what happened: the changes, the requests, the outages, the instances, and the model to judge them by
 */
export async function runScenario(scenario, { changes: count, rate, seed }) {
  const random = new Random(seed);
  const project = new Project(random, { users: count, orgs: Math.ceil(count / 3) });
  const propelAuth = new FakePropelAuth(project, random);
  const tokens = new Tokens(project, propelAuth, random);
  const redis = scenario.instances > 1 ? new RedisServer(scenario) : undefined;
  const receivers = [];
  const svix = new Svix(receivers, random);
  const changes = [];
  const outages = [];
  const load = new Load({ project, tokens, changes, random });
  const pulse = new Pulse(outages);
  let service;
  try {
    await Promise.all([tokens.issueFirst(), redis?.start()]);
    service = new Service({
      propelAuthUrl: await propelAuth.listen(),
      verification: tokens.verification,
      webhooks: { secret: svix.secret, path: WEBHOOK_PATH },
      redisUrl: redis?.url,
    });
    const starts = Array.from({ length: scenario.instances }, () =>
      service.startInstance({ hasRunForAnHour: true }),
    );
    receivers.push(...(await Promise.all(starts)));

    await whileRunning(
      (signal) => Promise.all([load.run(receivers, rate, signal), pulse.run(receivers, signal)]),
      async () => {
        await warmUp();
        const disturbance = sleep(count / CHANGES_PER_SECOND / 3).then(() =>
          scenario.disturb?.({ redis, instances: receivers, outages }),
        );
        await Promise.all([disturbance, changeAccess()]);
        await sleep(SECONDS_AFTER_CHANGES);
      },
    );
    const late = await startLateInstance();
    const { failures, questions } = propelAuth;
    const model = new Model({ project, changes, failures, outages });
    return {
      changes,
      requests: load.requests,
      outages,
      instances: receivers,
      late,
      model,
      questions,
      pulseSeconds: pulse.longestSeconds,
    };
  } finally {
    await service?.close();
    propelAuth.close();
    await redis?.remove();
  }

  /** What a process does for the first time takes long, and it has run for an hour. */
  async function warmUp() {
    for (const instance of receivers) await svix.deliverTo(instance, { event_type: 'user.locked' });
    await sleep(SECONDS_OF_WARM_UP);
  }

  async function changeAccess() {
    const start = now();
    const deliveries = [];
    for (let number = 0; number < count; number++) {
      await sleepUntil(start + number / CHANGES_PER_SECOND);
      const change = makeChange(project, random);
      changes.push(change);
      deliveries.push(svix.deliver(change));
      void tokens.renewAfter(change);
    }
    await Promise.all(deliveries);
  }

  /** An instance that was not there when access changed, with old tokens. */
  async function startLateInstance() {
    if (redis === undefined) return undefined;
    const late = await service.startInstance({ hasRunForAnHour: false });
    outages.push({ from: -Infinity, to: late.startedAt, instance: late });
    await whileRunning(
      (signal) => load.run([late], rate, signal),
      () => sleep(SECONDS_OF_LATE_INSTANCE),
    );
    return late;
  }
}

async function whileRunning(run, action) {
  const over = new AbortController();
  const running = run(over.signal);
  try {
    await action();
  } finally {
    over.abort();
    await running;
  }
}
