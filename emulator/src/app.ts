import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { backendApi } from './backend/backend-api.js';
import type { Core } from './core.js';
import { faultEndpoint } from './faults/fault-endpoint.js';
import { hostedPages } from './front-end/hosted-pages.js';
import { sessionEndpoints } from './front-end/session-endpoints.js';
import { signInPages } from './front-end/sign-in-pages.js';
import { introspection, type AskingApplication } from './oauth/introspection.js';
import { usersPageRoutes } from './users-page/users-page-routes.js';

/** More than any request to PropelAuth's backend has. */
const MAXIMUM_BODY_BYTES = 1_048_576;

/** Answers requests like PropelAuth. It needs no port. */
export type App = Hono<{ Bindings: AskingApplication }>;

export function createApp(core: Core): App {
  const app: App = new Hono();
  app.use(
    bodyLimit({
      maxSize: MAXIMUM_BODY_BYTES,
      onError: (context) => context.json({ error: 'The body is larger than 1 MiB' }, 413),
    }),
  );
  app.route('/', backendApi(core));
  app.route('/', introspection(core));
  app.route('/', sessionEndpoints(core));
  app.route('/', signInPages(core));
  app.route('/', hostedPages(core));
  app.route('/', usersPageRoutes(core));
  app.route('/', faultEndpoint(core));
  app.notFound((context) => context.json({ error: 'There is no such endpoint' }, 404));
  // The error may have something that was sent.
  app.onError((_error, context) =>
    context.json({ error: 'The emulator failed to handle this request' }, 500),
  );
  return app;
}
