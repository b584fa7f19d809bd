import { Hono, type Context } from 'hono';
import type { Core } from '../../core.js';
import { encodeAddress, pathOf } from '../../front-end/return-addresses.js';
import { redirectTo, sendPage } from '../../pages/page-response.js';
import { errorPages, forOwnForms } from '../../pages/page-routes.js';
import { signInErrorPage, signInPage, userIn } from '../../pages/sign-in-page.js';
import type { UserRecord } from '../../project/records.js';
import { readRedirectUri } from '../redirect-uri.js';
import { queryOf, readForm, type RequestParameters } from '../request-parameters.js';

const SSR_AUTHORIZATION_PATH = '/propelauth/ssr/authorize';

/** Where the server of a front end sends a browser to sign in. It goes on at once with a user who is signed in. */
export function ssrAuthorize({ oauth, sessions, project, origins, recorder }: Core): Hono {
  const app = new Hono();
  app.use(SSR_AUTHORIZATION_PATH, recorder.canFail('ssrAuthorize'));
  app.onError(errorPages(signInErrorPage));
  app.get(SSR_AUTHORIZATION_PATH, async (context) => {
    const { redirectUri, state } = readRequest(queryOf(context));
    const user = await signedInUser(context);
    if (user !== undefined) return goOn(context, user, redirectUri, state);
    const rt = encodeAddress(context.req.url);
    // That of the function redirectToSignup() of PropelAuth's library for Next.js.
    if (context.req.query('signup') === 'true') return redirectTo(context, pathOf('/signup', rt));
    const page = signInPage(project, { redirect_uri: redirectUri, state }, rt);
    return sendPage(context, 200, page, { next: redirectUri });
  });
  app.post(SSR_AUTHORIZATION_PATH, ...forOwnForms, async (context) => {
    const form = await readForm(context);
    const { redirectUri, state } = readRequest(form);
    const user = await userIn(form, project);
    await sessions.signIn(context, user);
    return goOn(context, user, redirectUri, state);
  });
  return app;

  /** The user of the browser's session, unless they have since signed out of a front end: to let them choose another user. */
  async function signedInUser(context: Context): Promise<UserRecord | undefined> {
    const session = await sessions.sessionOf(context);
    if (session === undefined) return undefined;
    const signedOutAt = oauth.signOuts.get(session.user.user_id) ?? -Infinity;
    return session.begunAt > signedOutAt ? session.user : undefined;
  }

  function goOn(
    context: Context,
    { user_id: userId }: UserRecord,
    redirectUri: string,
    state: string | undefined,
  ): Response {
    const code = oauth.servers.issueCode({ clientId: '', userId }, { redirectUri });
    return redirectTo(context, redirectUri, { code, state });
  }

  function readRequest(parameters: RequestParameters) {
    parameters.assertNoneRepeated(['redirect_uri', 'state']);
    const redirectUri = readRedirectUri(parameters, origins);
    return { redirectUri, state: parameters.get('state') };
  }
}
