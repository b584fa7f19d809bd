import { Hono } from 'hono';
import { cors } from 'hono/cors';
import type { Core } from '../../core.js';
import { AUTHORIZATION_PATH, authorize } from './authorize.js';
import { token, TOKEN_PATH } from './token.js';
import { userinfo, USERINFO_PATH } from './userinfo.js';

/** Signs users in to clients such as Swagger UI, which runs on another port. */
export function signInFace(core: Core): Hono {
  const { origins, recorder } = core;
  const app = new Hono();
  const trustedOrigins = cors({
    origin: (origin) => (origins.isTrusted(origin) ? origin : undefined),
    allowMethods: ['GET', 'POST'],
    maxAge: 3_600,
  });
  for (const path of [TOKEN_PATH, USERINFO_PATH]) app.use(path, trustedOrigins);
  app.use(AUTHORIZATION_PATH, recorder.canFail('oauthAuthorize'));
  app.use(TOKEN_PATH, recorder.canFail('oauthToken'));
  app.use(USERINFO_PATH, recorder.canFail('oauthUserinfo'));
  for (const part of [authorize, token, userinfo]) app.route('/', part(core));
  return app;
}
