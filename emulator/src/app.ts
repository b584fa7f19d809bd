import { Hono } from 'hono';
import { backendApi } from './backend/backend-api.js';
import { control } from './control/control.js';
import type { Core } from './core.js';
import { hostedPages } from './front-end/hosted-pages.js';
import { links } from './front-end/links.js';
import { sessionEndpoints } from './front-end/session-endpoints.js';
import { signInPages } from './front-end/sign-in-pages.js';
import { tokenEndpoint } from './front-end/token-endpoint.js';
import type { AskingApplication } from './oauth/introspection.js';
import { mcpFace } from './oauth/mcp/mcp-face.js';
import { signInFace } from './oauth/sign-in/sign-in-face.js';
import { ssrAuthorize } from './oauth/ssr/authorize.js';
import { ssrToken } from './oauth/ssr/token.js';
import { logRequests } from './request-log.js';
import { usersPageRoutes } from './users-page/users-page-routes.js';

/** Answers requests like PropelAuth. It needs no port. */
export type App = Hono<{ Bindings: AskingApplication }>;

const PARTS = [
  backendApi,
  signInFace,
  ssrAuthorize,
  ssrToken,
  sessionEndpoints,
  tokenEndpoint,
  signInPages,
  hostedPages,
  links,
  usersPageRoutes,
  control,
];

export function createApp(core: Core): App {
  const app: App = new Hono();
  app.use(async (context, next) => {
    await next();
    context.header('Cache-Control', 'no-store');
  });
  app.use(logRequests(core.log, core.issuer, core.sessions));
  for (const part of PARTS) app.route('/', part(core));
  app.route('/', mcpFace(core));
  app.notFound((context) => context.json({ error: 'There is no such endpoint' }, 404));
  app.onError((error, context) => {
    core.log.fail(context, error);
    // The error may have something that was sent.
    return context.json({ error: 'The emulator failed to handle this request' }, 500);
  });
  return app;
}
