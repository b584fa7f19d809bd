import { Hono, type Context } from 'hono';
import { importSPKI } from 'jose/key/import';
import { jwtVerify } from 'jose/jwt/verify';
import { userView } from '../../backend/views.js';
import type { Core } from '../../core.js';
import type { UserRecord } from '../../project/records.js';

export const USERINFO_PATH = '/propelauth/oauth/userinfo';

/** Tells who the user of an access token is, with all organizations, as they are now. */
export function userinfo({ issuer, project }: Core): Hono {
  const app = new Hono();
  app.on(['GET', 'POST'], USERINFO_PATH, async (context) => {
    const user = await userOfToken(context.req.header('authorization'));
    if (user === undefined) return rejection(context);
    // OpenID Connect clients require "sub".
    const { user_id: sub } = user;
    (context as Context).set('caller', sub);
    const response = { sub, ...userView(project, user, true), update_password_required: false };
    return context.json(response);
  });
  return app;

  async function userOfToken(authorization: string | undefined): Promise<UserRecord | undefined> {
    const [, token = ''] = /^Bearer ([\w.-]+)$/i.exec(authorization ?? '') ?? [];
    try {
      const key = await importSPKI(issuer.verifierKey, 'RS256');
      const options = { issuer: issuer.authUrl, algorithms: ['RS256'] };
      const { payload } = await jwtVerify(token, key, options);
      const user = project.users.get(String(payload['user_id']));
      return user?.enabled ? user : undefined;
    } catch {
      return undefined;
    }
  }
}

function rejection(context: Context): Response {
  const description =
    'The Authorization header is not "Bearer" and the valid access token of an enabled user.';
  context.header('WWW-Authenticate', 'Bearer error="invalid_token"');
  return context.json({ error: 'invalid_token', error_description: description }, 401);
}
