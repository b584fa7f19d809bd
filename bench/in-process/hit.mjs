/**
 * Measures how long it takes to recognize a token that was verified before: by this package's guard, by its
 * `validateAccessToken()`, and by fast-jwt's cached verify.
 *
 * Each with the token as a string that is new, as each request from the network brings one (its hash is not known yet), and as
 * the very same string again and again.
 */
import { IncomingMessage, ServerResponse } from 'node:http';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { PropelAuthGuard, PropelAuthService } from '../package-under-test.mjs';
import { createFastJwtVerifier } from '../servers/fast-jwt-verifier.mjs';
import { Issuer } from '../tokens/issuer.mjs';
import { awaitedCall, call, nanosecondsPerCall } from './nanoseconds.mjs';
import { initOwnApplication, verificationOf } from './own-application.mjs';

const batches = Number(process.argv[2]);

const issuer = new Issuer();
const [token] = await issuer.accessTokens(1);
const app = await initOwnApplication(issuer);
const guard = app.get(PropelAuthGuard, { strict: false });
const propelAuth = app.get(PropelAuthService);
const controller = findController();
const fastJwtVerify = createFastJwtVerifier(verificationOf(issuer));

await propelAuth.validateAccessToken(token);
fastJwtVerify(token);

const headerBytes = Buffer.from(`Bearer ${token}`);
const tokenBytes = Buffer.from(token);

const figures = {
  ...(await nanosecondsPerCall(batches, {
    guard: call(
      () => contextOf(headerBytes.latin1Slice()),
      (context) => guard.canActivate(context),
      (allowed) => allowed === true,
    ),
  })),
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
