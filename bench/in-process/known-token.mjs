/**
 * Measures how long it takes to identify a token that was verified before: by this package's guard, by its `validateAccessToken()`, and by
 * fast-jwt's cached verify. The minimum is a look-up of the token in a Map.
 *
 * The token of each call is a new string, as from the network: the runtime has not computed its hash.
 */
import { createFastJwtVerifier } from '../servers/protections/fast-jwt.mjs';
import { Issuer } from '../tokens/issuer.mjs';
import { initApplication } from './application.mjs';
import { guardCall } from './guard-call.mjs';
import { nanosecondsPerCall } from './nanoseconds.mjs';

const batches = Number(process.argv[2]);

const issuer = new Issuer();
const [token] = await issuer.accessTokens(1);
const application = await initApplication(issuer);
const { app, propelAuth } = application;
const fastJwtVerify = createFastJwtVerifier(issuer.verification);
const users = new Map([[token, await propelAuth.validateAccessToken(token)]]);

const bytes = Buffer.from(token);
const call = (run) => ({
  prepare: () => bytes.latin1Slice(),
  run,
  isRight: (user) => typeof user === 'object',
});

const figures = await nanosecondsPerCall(batches, {
  guard: guardCall(application, token),
  own: call((text) => propelAuth.validateAccessToken(text)),
  fastJwt: call(fastJwtVerify),
  map: call((text) => users.get(text)),
});
await app.close();
process.send(figures);
