import { Hono, type MiddlewareHandler } from 'hono';
import type { Core } from '../core.js';
import { faults } from './faults.js';

/** What tests in other processes and languages ask. PropelAuth has no paths like these. */
const BASE_PATH = '/__emulator';

export function control(core: Core): Hono {
  const { issuer } = core;
  const app = new Hono().basePath(BASE_PATH);
  const forTests: MiddlewareHandler = async (context, next) => {
    if (context.req.header('authorization') === `Bearer ${issuer.apiKey}`) return next();
    const error = 'The Authorization header is not "Bearer" and the API key';
    return context.json({ error }, 401);
  };
  app.use('/faults', forTests);
  app.route('/faults', faults(core));
  return app;
}
