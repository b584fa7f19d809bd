import { IncomingMessage, ServerResponse } from 'node:http';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { PropelAuthGuard } from '../package-under-test.mjs';
import { call } from './nanoseconds.mjs';

/**
 * A call of the guard of an application, with a request that Node.js has just read.
 *
 * @param token is known to the application, and its user may call
 */
export function guardCall(app, token) {
  const guard = app.get(PropelAuthGuard, { strict: false });
  const controller = findController(app);
  const headerBytes = Buffer.from(`Bearer ${token}`);
  return call(
    () => contextOf(controller, headerBytes.latin1Slice()),
    (context) => guard.canActivate(context),
    (allowed) => allowed === true,
  );
}

/** What Nest hands to a guard: a context of the route, made for this request. */
function contextOf(controller, authorization) {
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

function findController(app) {
  for (const { controllers } of app.container.getModules().values()) {
    for (const { metatype } of controllers.values()) {
      if (metatype.name === 'ReportsController') return metatype;
    }
  }
  throw new Error('The application has no ReportsController');
}
