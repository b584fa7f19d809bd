/** Measures the guard without and with `telemetry()`, for a known token: counters alone, and with the ids of the caller on a span. They take turns. */
import { PropelAuthService } from '../package-under-test.mjs';
import { createProtection } from '../servers/nestjs-propelauth-telemetry.mjs';
import { createProtection as createWithAttributes } from '../servers/nestjs-propelauth-span-attributes.mjs';
import { Issuer } from '../tokens/issuer.mjs';
import { guardCall } from './guard-call.mjs';
import { nanosecondsPerCall } from './nanoseconds.mjs';
import { initOwnApplication } from './own-application.mjs';

const batches = Number(process.argv[2]);

const issuer = new Issuer();
const [token] = await issuer.accessTokens(1);
const applications = {
  without: await initOwnApplication(issuer),
  counted: await initOwnApplication(issuer, createProtection),
  // Without a request there is no active span: what is measured is the look for one.
  noSpan: await initOwnApplication(issuer, createWithAttributes),
};
const calls = {};
for (const [name, app] of Object.entries(applications)) {
  await app.get(PropelAuthService).validateAccessToken(token);
  calls[name] = guardCall(app, token);
}
const figures = await nanosecondsPerCall(batches, calls);
for (const app of Object.values(applications)) await app.close();
process.send(figures);
