import { Hono } from 'hono';
import { backendApi } from './backend/backend-api.js';
import type { Core } from './core.js';
import { faultEndpoint } from './faults/fault-endpoint.js';
import { hostedPages } from './front-end/hosted-pages.js';
import { sessionEndpoints } from './front-end/session-endpoints.js';
import { signInPages } from './front-end/sign-in-pages.js';
import { tokenEndpoint } from './front-end/token-endpoint.js';
import type { AskingApplication } from './oauth/introspection.js';
import { oauthFaces } from './oauth/oauth-faces.js';
import { usersPageRoutes } from './users-page/users-page-routes.js';

/** Answers requests like PropelAuth. It needs no port. */
export type App = Hono<{ Bindings: AskingApplication }>;

export function createApp(core: Core): App {
  const app: App = new Hono();
  app.route('/', backendApi(core));
  app.route('/', oauthFaces(core));
  app.route('/', sessionEndpoints(core));
  app.route('/', tokenEndpoint(core));
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
