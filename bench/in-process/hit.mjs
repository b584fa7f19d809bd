/**
 * Measures how long it takes to recognize a token that was verified before: by this package's guard, by its
 * `validateAccessToken()`, and by fast-jwt's cached verify.
 *
 * Each with the token as a string that is new, as each request from the network brings one (its hash is not known yet), and as
 * the very same string again and again.
 */
import { PropelAuthService } from '../package-under-test.mjs';
import { createFastJwtVerifier } from '../servers/fast-jwt-verifier.mjs';
import { Issuer } from '../tokens/issuer.mjs';
import { guardCall } from './guard-call.mjs';
import { awaitedCall, call, nanosecondsPerCall } from './nanoseconds.mjs';
import { initOwnApplication, verificationOf } from './own-application.mjs';

const batches = Number(process.argv[2]);

const issuer = new Issuer();
const [token] = await issuer.accessTokens(1);
const app = await initOwnApplication(issuer);
const propelAuth = app.get(PropelAuthService);
const fastJwtVerify = createFastJwtVerifier(verificationOf(issuer));

await propelAuth.validateAccessToken(token);
fastJwtVerify(token);

const tokenBytes = Buffer.from(token);

const figures = {
  ...(await nanosecondsPerCall(batches, { guard: guardCall(app, token) })),
  newString: await compare(() => tokenBytes.latin1Slice()),
  sameString: await compare(() => token),
};
await app.close();
process.send(figures);

/** @param prepare makes the token of each call */
function compare(prepare) {
  return nanosecondsPerCall(batches, {
    own: awaitedCall(
      prepare,
      (text) => propelAuth.validateAccessToken(text),
      (user) => typeof user === 'object',
    ),
    fastJwt: call(prepare, fastJwtVerify, (claims) => typeof claims === 'object'),
  });
}
