import { Hono, type Context } from 'hono';
import { cors } from 'hono/cors';
import type { Core } from '../core.js';
import { ownOriginOf } from '../pages/page-routes.js';
import type { UserRecord } from '../project/records.js';
import { authenticationInfoOf } from './authentication-info.js';
import { ReturnAddresses } from './return-addresses.js';

const REFRESH_TOKEN_PATH = '/api/v1/refresh_token';
const LOGOUT_PATH = '/api/v1/logout';

/** What PropelAuth's libraries for the browser ask: tokens of the signed-in user, and to sign out. Pages of other sites cannot. */
export function sessionEndpoints({ project, sessions, origins }: Core): Hono {
  const app = new Hono();
  const addresses = new ReturnAddresses(origins);
  for (const path of [REFRESH_TOKEN_PATH, LOGOUT_PATH]) {
    app.use(
      path,
      cors({
        origin: (origin) => (origins.isTrusted(origin) ? origin : null),
        allowMethods: ['GET', 'POST'],
        credentials: true,
      }),
      async (context, next) => {
        context.header('Cache-Control', 'no-store');
        if (mayCall(context)) return next();
        return failure(
          context,
          403,
          'The origin of this page is not allowed. Start the emulator with --allow-origin and this origin.',
        );
      },
    );
  }
  app.get(REFRESH_TOKEN_PATH, async (context) => {
    const user = await sessions.userOf(context);
    if (user !== undefined) return respond(context, user);
    const signInPage = `${ownOriginOf(context)}/login`;
    return failure(context, 401, `No user is signed in. Sign in at ${signInPage}.`);
  });
  app.post(LOGOUT_PATH, (context) => {
    sessions.signOut(context);
    return context.json({ redirect_to: addresses.homeFor(context) });
  });
  return app;

  /** A request without an `Origin` header comes from no page of another origin. */
  function mayCall(context: Context): boolean {
    const origin = context.req.header('origin');
    return origin === undefined || origin === ownOriginOf(context) || origins.isTrusted(origin);
  }

  /** PropelAuth's library takes 401 for an organization that the user is not in. */
  async function respond(context: Context, user: UserRecord): Promise<Response> {
    const orgIds = context.req.queries('active_org_id') ?? [];
    const [orgId] = orgIds;
    const isMember =
      orgId === undefined || project.findMembership(orgId, user.user_id) !== undefined;
    if (!isMember || orgIds.length > 1) {
      return failure(context, 401, 'The user is not in the organization of active_org_id');
    }
    return context.json(await authenticationInfoOf(project, user, orgId));
  }
}

function failure(context: Context, status: 401 | 403, error: string): Response {
  return context.json({ error }, status);
}
