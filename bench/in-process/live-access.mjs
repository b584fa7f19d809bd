/** Measures the guard without and with `liveAccess()`, for a known token of a user whose access has not changed. They take turns. */
import { PropelAuthService } from '../package-under-test.mjs';
import { createProtection } from '../servers/nestjs-propelauth-live-access.mjs';
import { Issuer } from '../tokens/issuer.mjs';
import { guardCall } from './guard-call.mjs';
import { nanosecondsPerCall } from './nanoseconds.mjs';
import { initOwnApplication } from './own-application.mjs';

const batches = Number(process.argv[2]);

const issuer = new Issuer();
const [token] = await issuer.accessTokens(1);
const without = await initOwnApplication(issuer);
const marked = await initOwnApplication(issuer, createProtection);
for (const app of [without, marked]) await app.get(PropelAuthService).validateAccessToken(token);

const figures = await nanosecondsPerCall(batches, {
  without: guardCall(without, token),
  marked: guardCall(marked, token),
});
for (const app of [without, marked]) await app.close();
process.send(figures);
