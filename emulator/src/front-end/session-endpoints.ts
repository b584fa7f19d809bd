import { Hono, type Context } from 'hono';
import { cors } from 'hono/cors';
import { decodeJwt } from 'jose/jwt/decode';
import { membershipsView } from '../backend/views.js';
import type { Core } from '../core.js';
import { ownOriginOf } from '../pages/page-routes.js';
import { accessTokenOf } from '../project/described-users.js';
import { ReturnAddresses } from './return-addresses.js';

const REFRESH_TOKEN_PATH = '/api/v1/refresh_token';
const LOGOUT_PATH = '/api/v1/logout';
/** Where PropelAuth's libraries for login pages of one's own send what hosted pages do. */
const FRONT_END_API_PATH = '/api/fe/v3/*';

/** What PropelAuth's libraries for the browser ask: tokens of the signed-in user, and to sign out. Pages of other sites cannot. */
export function sessionEndpoints({ project, sessions, origins, recorder }: Core): Hono {
  const app = new Hono();
  const addresses = new ReturnAddresses(origins);
  const names = {
    [REFRESH_TOKEN_PATH]: 'browserRefreshToken',
    [LOGOUT_PATH]: 'browserLogout',
    [FRONT_END_API_PATH]: 'frontEndApi',
  };
  for (const [path, name] of Object.entries(names)) {
    app.use(
      path,
      cors({
        origin: (origin) => (origins.isTrusted(origin) ? origin : null),
        allowMethods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
        credentials: true,
      }),
      async (context, next) => {
        if (mayCall(context)) return next();
        const error =
          'The origin of this page is not allowed. Start the emulator with --allow-origin and this origin.';
        return context.json({ error }, 403);
      },
      recorder.canFail(name),
    );
  }
  app.get(REFRESH_TOKEN_PATH, async (context) => {
    const user = await sessions.userOf(context);
    if (user === undefined) {
      const error = `No user is signed in. Sign in at ${ownOriginOf(context)}/login.`;
      return context.json({ error }, 401);
    }
    const [orgId, another] = context.req.queries('active_org_id') ?? [];
    // PropelAuth's library takes 401 for an organization that the user is not in.
    if (!project.isIn(orgId, user.user_id) || another !== undefined) {
      return context.json({ error: 'The user is not in the organization of active_org_id' }, 401);
    }
    const accessToken = await accessTokenOf(project, user, orgId);
    // Only back ends see the metadata of a user.
    const { metadata: _metadata, ...shown } = user;
    return context.json({
      access_token: accessToken,
      expires_at_seconds: decodeJwt(accessToken).exp,
      // All of them, even if the token is scoped to one.
      org_id_to_org_member_info: membershipsView(project, user),
      user: shown,
    });
  });
  app.post(LOGOUT_PATH, (context) => {
    sessions.signOut(context);
    return context.json({ redirect_to: addresses.homeFor(context) });
  });
  app.all(FRONT_END_API_PATH, (context) =>
    context.json({ error: 'The emulator does not support this endpoint. Use its pages.' }, 501),
  );
  return app;

  /** A request without an `Origin` header comes from no page of another origin. */
  function mayCall(context: Context): boolean {
    const origin = context.req.header('origin');
    return origin === undefined || origin === ownOriginOf(context) || origins.isTrusted(origin);
  }
}
