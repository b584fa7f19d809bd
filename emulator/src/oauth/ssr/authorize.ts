import { Hono, type Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { isOwnForm } from '../../access/origins.js';
import type { Core } from '../../core.js';
import { redirectTo, sendPage } from '../../pages/page-response.js';
import { errorPages } from '../../pages/page-routes.js';
import { signInErrorPage, signInPage } from '../../pages/sign-in-page.js';
import type { UserRecord } from '../../project/records.js';
import { readRedirectUri } from '../redirect-uri.js';
import { queryOf, readForm, type RequestParameters } from '../request-parameters.js';

export const SSR_AUTHORIZATION_PATH = '/propelauth/ssr/authorize';

/** Where the server of a front end sends a browser to sign in. It goes on at once with a user who is signed in. */
export function ssrAuthorize({ oauth, sessions, project, origins }: Core): Hono {
  const app = new Hono();
  app.get(SSR_AUTHORIZATION_PATH, async (context) => {
    const parameters = queryOf(context);
    return respond(parameters, async (redirectUri) => {
      const user = await signedInUser(context);
      const state = parameters.get('state');
      if (user !== undefined) return goOn(context, user, redirectUri, state);
      const kept = { redirect_uri: redirectUri, state };
      return sendPage(context, 200, signInPage(project, kept), { next: redirectUri });
    });
  });
  app.post(SSR_AUTHORIZATION_PATH, async (context) => {
    if (!isOwnForm(context)) {
      throw new HTTPException(403, { message: 'Only a page of the emulator can sign you in.' });
    }
    const form = await readForm(context);
    return respond(form, async (redirectUri) => {
      const user = project.findUserByLogin(form.get('user'));
      if (user === undefined) throw new HTTPException(400, { message: 'There is no such user.' });
      await sessions.signIn(context, user);
      return goOn(context, user, redirectUri, form.get('state'));
    });
  });
  app.onError(errorPages(signInErrorPage));
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

  function respond(
    parameters: RequestParameters,
    handle: (redirectUri: string) => Promise<Response>,
  ): Promise<Response> {
    parameters.assertNoneRepeated(['redirect_uri', 'state']);
    const redirectUri = readRedirectUri(parameters, origins);
    if (typeof redirectUri === 'string') return handle(redirectUri);
    throw new HTTPException(400, { message: redirectUri.reason });
  }
}
