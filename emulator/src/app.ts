import { Hono } from 'hono';
import { backendApi } from './backend/backend-api.js';
import type { Core } from './core.js';
import type { AskingApplication } from './oauth/introspection.js';
import { oauthFaces } from './oauth/oauth-faces.js';

/** Answers requests like PropelAuth. It needs no port. */
export type App = Hono<{ Bindings: AskingApplication }>;

export function createApp(core: Core): App {
  const app: App = new Hono();
  app.route('/', backendApi(core));
  app.route('/', oauthFaces(core));
  app.notFound((context) => context.json({ error: 'There is no such endpoint' }, 404));
  // The error may have something that was sent.
  app.onError((_error, context) =>
    context.json({ error: 'The emulator failed to handle this request' }, 500),
  );
  return app;
}
