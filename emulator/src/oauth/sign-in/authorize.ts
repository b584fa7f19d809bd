import { Hono, type Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { Core } from '../../core.js';
import { encodeAddress } from '../../front-end/return-addresses.js';
import { redirectTo, sendPage } from '../../pages/page-response.js';
import { errorPages, forOwnForms } from '../../pages/page-routes.js';
import { signInErrorPage, signInPage, userIn } from '../../pages/sign-in-page.js';
import { OAuthError, redirectWithError } from '../oauth-error.js';
import { readCodeChallenge } from '../proof-key.js';
import { readRedirectUri } from '../redirect-uri.js';
import { queryOf, readForm, type RequestParameters } from '../request-parameters.js';

const MAXIMUM_CLIENT_ID_LENGTH = 200;

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

/** An authorization request (RFC 6749, section 4.1.1, and RFC 7636, section 4.3). */
interface AuthorizationRequest {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly codeChallenge: string;
  /** The organization that the access token is scoped to. */
  readonly orgId?: string;
}

/**
 * Where clients send users to sign in. Here, you choose the user.
 *
 * A GET only shows the page. Only a POST from this page creates a code: a form on another site could also send a POST, but browsers send the
 * `Origin` header with it.
 */
export function authorize({ oauth: { clients }, project, origins }: Core): Hono {
  const app = new Hono();
  app.onError(errorPages(signInErrorPage));
  app.get(AUTHORIZATION_PATH, (context) => {
    const parameters = queryOf(context);
    return respond(context, parameters, ({ redirectUri }) => {
      const kept = Object.fromEntries(KEPT_PARAMETERS.map((name) => [name, parameters.get(name)]));
      const page = signInPage(project, kept, encodeAddress(context.req.url));
      return sendPage(context, 200, page, { next: redirectUri });
    });
  });
  app.post(AUTHORIZATION_PATH, ...forOwnForms, async (context) => {
    const form = await readForm(context);
    return respond(context, form, (request) => signIn(context, form, request));
  });
  return app;

  async function signIn(
    context: Context,
    form: RequestParameters,
    { clientId, redirectUri, orgId, codeChallenge }: AuthorizationRequest,
  ): Promise<Response> {
    const { user_id: userId } = await userIn(form, project);
    if (!project.isIn(orgId, userId)) {
      throw new OAuthError('access_denied', 'The user is not in the organization.');
    }
    project.noteSignIn(userId);
    const code = clients.issueCode({ clientId, userId, orgId }, { redirectUri, codeChallenge });
    return redirectTo(context, redirectUri, { code, state: form.get('state') });
  }

  /**
   * Responds to a valid request, or with the error. It ignores `prompt`: every request shows the sign-in page, so that you can choose another
   * user than the one of the front end.
   */
  async function respond(
    context: Context,
    parameters: RequestParameters,
    handle: (request: AuthorizationRequest) => Promise<Response>,
  ): Promise<Response> {
    const clientId = readClientId(parameters);
    const redirectUri = readRedirectUri(parameters, origins);
    try {
      parameters.assertNoneRepeated();
      const codeChallenge = readCodeChallenge(parameters);
      const orgId = parameters.get('org_id');
      return await handle({ clientId, redirectUri, codeChallenge, orgId });
    } catch (error) {
      return redirectWithError(context, error, redirectUri, { state: parameters.get('state') });
    }
  }
}

/** The emulator has no list of clients, so every name is one: what counts is where the browser is sent. */
function readClientId(parameters: RequestParameters): string {
  const clientId = parameters.get('client_id');
  if (clientId !== undefined && clientId.length <= MAXIMUM_CLIENT_ID_LENGTH) return clientId;
  throw new HTTPException(400, { message: 'client_id is missing, repeated or too long.' });
}
