import { Hono, type Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { isOwnForm } from '../../access/origins.js';
import type { Core } from '../../core.js';
import { redirectTo, sendPage } from '../../pages/page-response.js';
import { errorPages } from '../../pages/page-routes.js';
import { signInErrorPage, signInPage } from '../../pages/sign-in-page.js';
import { OAuthError } from '../oauth-error.js';
import { queryOf, readForm, type RequestParameters } from '../request-parameters.js';
import {
  readAuthorizationRequest,
  readRequester,
  type AuthorizationRequest,
  type Requester,
} from './authorization-request.js';

export const AUTHORIZATION_PATH = '/propelauth/oauth/authorize';

/** The parameters of the authorization request that the form sends again. */
const KEPT_PARAMETERS = [
  'client_id',
  'redirect_uri',
  'response_type',
  'state',
  'org_id',
  'code_challenge',
  'code_challenge_method',
];

/**
 * Where clients send users to sign in. Here, you choose the user.
 *
 * A GET only shows the page. Only a POST from this page creates a code: a form on another site could also send a POST, but browsers send the
 * `Origin` header with it.
 */
export function authorize({ oauth: { clients }, project, origins }: Core): Hono {
  const app = new Hono();
  app.get(AUTHORIZATION_PATH, (context) => {
    const parameters = queryOf(context);
    return respond(context, parameters, (_request, { redirectUri }) => {
      const kept = Object.fromEntries(KEPT_PARAMETERS.map((name) => [name, parameters.get(name)]));
      return sendPage(context, 200, signInPage(project, kept), { next: redirectUri });
    });
  });
  app.post(AUTHORIZATION_PATH, async (context) => {
    if (!isOwnForm(context)) {
      throw new HTTPException(403, { message: 'Only a page of the emulator can sign you in.' });
    }
    const form = await readForm(context);
    return respond(context, form, (request, requester) =>
      signIn(context, form, request, requester),
    );
  });
  app.onError(errorPages(signInErrorPage));
  return app;

  function signIn(
    context: Context,
    form: RequestParameters,
    { orgId, codeChallenge }: AuthorizationRequest,
    { clientId, redirectUri }: Requester,
  ): Response | Promise<Response> {
    const user = project.findUserByLogin(form.get('user'));
    if (user === undefined) throw new HTTPException(400, { message: 'There is no such user.' });
    const { user_id: userId } = user;
    if (orgId !== undefined && project.findMembership(orgId, userId) === undefined) {
      throw new OAuthError('access_denied', 'The user is not in the organization.');
    }
    project.noteSignIn(userId);
    const code = clients.issueCode({ clientId, userId, orgId }, { redirectUri, codeChallenge });
    return redirectTo(context, redirectUri, { code, state: form.get('state') });
  }

  /** Responds to a valid request, or with the error. */
  function respond(
    context: Context,
    parameters: RequestParameters,
    handle: (request: AuthorizationRequest, requester: Requester) => Response | Promise<Response>,
  ): Response | Promise<Response> {
    const requester = readRequester(parameters, origins);
    if ('reason' in requester) throw new HTTPException(400, { message: requester.reason });
    try {
      return handle(readAuthorizationRequest(parameters), requester);
    } catch (error) {
      if (!(error instanceof OAuthError)) throw error;
      return redirectTo(context, requester.redirectUri, {
        error: error.code,
        error_description: error.message,
        state: parameters.get('state'),
      });
    }
  }
}
