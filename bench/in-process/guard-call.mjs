import { IncomingMessage, ServerResponse } from 'node:http';
import { PropelAuthGuard } from '../under-test/package.mjs';
import { importPackage } from '../under-test/root.mjs';

const { ExecutionContextHost } = await importPackage(
  '@nestjs/core/helpers/execution-context-host.js',
);

/**
 * A call of the guard of an application, with a request that Node.js has just read.
 *
 * @param token is known to the application, and its user has access
 */
export function guardCall({ app, controller, request: { path } }, token) {
  const guard = app.get(PropelAuthGuard, { strict: false });
  const bytes = Buffer.from(`Bearer ${token}`);
  return {
    prepare: () => contextOf(controller, path, bytes.latin1Slice()),
    run: (context) => guard.canActivate(context),
    isRight: (allowed) => allowed === true,
  };
}

/** What Nest passes to a guard: a context of the route, created for this request. */
function contextOf(controller, url, authorization) {
  const request = new IncomingMessage(null);
  const headers = {
    host: 'localhost',
    connection: 'keep-alive',
    accept: 'application/json',
    authorization,
  };
  const rawHeaders = Object.entries(headers).flat();
  Object.assign(request, { method: 'GET', url, rawHeaders, headers });
  const response = new ServerResponse(request);
  return new ExecutionContextHost(
    [request, response, () => undefined],
    controller,
    controller.prototype.list,
  );
}
