/**
 * Measures the memory of a mark of `liveAccess()`, and the guard without and with it, for a user whose access has not changed. Needs
 * --expose-gc. Arguments: the number of users whose access has changed, and of batches.
 */
import { randomUUID } from 'node:crypto';
import { Issuer } from '../tokens/issuer.mjs';
import { importFile } from '../under-test/root.mjs';
import { initApplication } from './application.mjs';
import { guardCall } from './guard-call.mjs';
import { usedBytes } from './heap.mjs';
import { nanosecondsPerCall } from './nanoseconds.mjs';

const { liveAccess } = await importFile('dist/live-access/index.js');

const TEN_MINUTES = 600_000;

/** The list of known events has this fixed size. It is filled first, and not counted. */
const UNCOUNTED = 10_000;

const [marks, batches] = process.argv.slice(2).map(Number);
const issuer = new Issuer();
const without = await initApplication(issuer);
const marked = await initApplication(issuer, {
  webhooks: { secret: `whsec_${Buffer.alloc(24).toString('base64')}`, path: '/webhooks' },
  plugins: [liveAccess()],
});

const live = findLiveAccess(marked.app);
for (let number = 0; number < UNCOUNTED; number++) markUser(number);
const before = usedBytes();
for (let number = UNCOUNTED; number < marks; number++) markUser(number);
const bytesPerMark = (usedBytes() - before) / (marks - UNCOUNTED);

const token = await validateNewToken();
const times = await nanosecondsPerCall(batches, {
  without: guardCall(without, token),
  marked: guardCall(marked, token),
});
for (const { app } of [without, marked]) await app.close();
process.send({ bytesPerMark, ...times });

/** What the webhook passes events to. It is not public, so it is found by a method, whatever its class is called in this build. */
function findLiveAccess({ container }) {
  const modules = [...container.getModules().values()];
  const providers = modules.flatMap((module) => [...module.providers.values()]);
  return providers.find(({ instance }) => typeof instance?.applyRemote === 'function').instance;
}

function markUser(number) {
  const user_id = `90000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
  const event = { event_type: 'user.role_changed_within_org', user_id };
  live.apply(randomUUID(), event, Date.now() / 1_000);
}

/** After a start, PropelAuth is asked about all tokens that are older than it. So this token is issued and verified ten minutes later. */
async function validateNewToken() {
  const { now } = Date;
  Date.now = () => now() + TEN_MINUTES;
  const [issued] = await issuer.accessTokens(1);
  for (const { propelAuth } of [without, marked]) await propelAuth.validateAccessToken(issued);
  Date.now = now;
  return issued;
}
