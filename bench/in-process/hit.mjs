/**
 * Measures how long it takes to recognize a token that was verified before: this package's guard, this package's token check
 * alone, and fast-jwt's cached verify.
 *
 * Each with the token as a string that is new, as each request from the network brings one (its hash is not known yet), and as
 * the very same string again and again.
 */
import { IncomingMessage, ServerResponse } from 'node:http';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { PropelAuthGuard } from '../package-under-test.mjs';
import { createFastJwtVerifier } from '../servers/fast-jwt-verifier.mjs';
import { Issuer } from '../tokens/issuer.mjs';
import { nanosecondsPerCall } from './nanoseconds.mjs';
import { findTokenAuthenticator, initOwnApplication, verificationOf } from './own-application.mjs';

const batches = Number(process.argv[2]);

const issuer = new Issuer();
const [token] = await issuer.accessTokens(1);
const app = await initOwnApplication(issuer);
const guard = app.get(PropelAuthGuard, { strict: false });
const authenticator = findTokenAuthenticator(app);
const controller = findController();
const fastJwtVerify = createFastJwtVerifier(verificationOf(issuer));

await authenticator.authenticate(token);
fastJwtVerify(token);

const headerBytes = Buffer.from(`Bearer ${token}`);
const tokenBytes = Buffer.from(token);

const figures = {
  guard: nanosecondsPerCall(
    batches,
    () => contextOf(headerBytes.latin1Slice()),
    (context) => mustBe(true, guard.canActivate(context)),
  ),
  newString: {
    own: nanosecondsPerCall(
      batches,
      () => tokenBytes.latin1Slice(),
      (text) => mustBe('object', typeof authenticator.authenticate(text)),
    ),
    fastJwt: nanosecondsPerCall(
      batches,
      () => tokenBytes.latin1Slice(),
      (text) => mustBe('object', typeof fastJwtVerify(text)),
    ),
  },
  sameString: {
    own: nanosecondsPerCall(
      batches,
      () => token,
      (text) => mustBe('object', typeof authenticator.authenticate(text)),
    ),
    fastJwt: nanosecondsPerCall(
      batches,
      () => token,
      (text) => mustBe('object', typeof fastJwtVerify(text)),
    ),
  },
};
await app.close();
process.send(figures);

/** What Nest hands to a guard: a context of the route, made for this request. */
function contextOf(authorization) {
  const request = new IncomingMessage(null);
  request.method = 'GET';
  request.url = '/reports';
  request.rawHeaders = [
    'Host',
    'localhost',
    'Connection',
    'keep-alive',
    'Accept',
    'application/json',
    'Authorization',
    authorization,
  ];
  request.headers = {
    host: 'localhost',
    connection: 'keep-alive',
    accept: 'application/json',
    authorization,
  };
  const response = new ServerResponse(request);
  return new ExecutionContextHost(
    [request, response, () => undefined],
    controller,
    controller.prototype.list,
  );
}

function findController() {
  const [module] = [...app.container.getModules().values()].filter(
    ({ controllers }) => controllers.size > 0,
  );
  return [...module.controllers.values()][0].metatype;
}

/** Looks at each result, so that no call can be left out, and a promise is not taken for an answer. */
function mustBe(expected, actual) {
  if (actual !== expected) throw new Error(`Expected ${expected}, not ${actual}`);
}
