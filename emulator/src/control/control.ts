import { Hono, type MiddlewareHandler } from 'hono';
import { hasApiKey, NO_API_KEY } from '../access/api-key.js';
import type { Core } from '../core.js';
import { faults } from './faults.js';
import { stateOf } from './state.js';

/** What tests in other processes and languages ask and change. PropelAuth has no paths like these. */
const BASE_PATH = '/__emulator';

export function control(core: Core): Hono {
  const { issuer, project, recorder, webhooks } = core;
  const app = new Hono().basePath(BASE_PATH);
  const forTests: MiddlewareHandler = async (context, next) => {
    const { origin } = context.req.header();
    if (origin !== undefined) return context.json({ error: 'Only scripts may do this' }, 403);
    return hasApiKey(context, issuer) ? next() : context.json({ error: NO_API_KEY }, 401);
  };
  for (const path of ['/health', '/reset', '/state', '/events', '/calls', '/faults']) {
    app.use(path, forTests);
  }
  app.get('/health', (context) => context.json({ status: 'ok' }));
  app.post('/reset', (context) => {
    core.reset();
    return context.body(null, 204);
  });
  app.get('/state', (context) => context.json(stateOf(project)));
  app.get('/events', (context) =>
    context.json({ events: webhooks.events.map(({ event, status }) => ({ event, status })) }),
  );
  app.get('/calls', (context) => context.json({ calls: recorder.calls }));
  app.route('/faults', faults(core));
  return app;
}
