import { Hono, type Context } from 'hono';
import { setSignedCookie } from 'hono/cookie';
import { HTTPException } from 'hono/http-exception';
import { isForeign } from '../../access/origins.js';
import type { Core } from '../../core.js';
import { errorPage } from '../../pages/layout.js';
import { redirectTo } from '../../pages/page-response.js';
import { errorPages } from '../../pages/page-routes.js';
import { newToken } from '../../texts.js';
import { redirectWithError } from '../oauth-error.js';
import { queryOf } from '../request-parameters.js';
import {
  readAuthorizationRequest,
  readRequester,
  type McpAuthorizationRequest,
} from './authorization-request.js';
import { CONSENT_PATH, REQUEST_COOKIE } from './consent.js';
import { REQUEST_LIFETIME_SECONDS } from './mcp-store.js';
import { AUTHORIZATION_PATH, issuerOf } from './metadata.js';

/** Begins the authorization of a client, and sends the browser to the page on which the user decides. */
export function mcpAuthorize({ oauth: { mcp }, issuer }: Core): Hono {
  const app = new Hono();
  app.onError(errorPages((reason) => errorPage('This client cannot sign you in', reason)));
  app.get(AUTHORIZATION_PATH, async (context) => {
    if (isForeign(context)) {
      throw new HTTPException(403, {
        message: 'Pages of other origins cannot authorize a client.',
      });
    }
    const parameters = queryOf(context);
    const requester = readRequester(parameters, (id) => mcp.clients.find(id));
    try {
      return await begin(context, readAuthorizationRequest(parameters, requester));
    } catch (error) {
      const iss = issuerOf(issuer.authUrl);
      const state = parameters.get('state');
      return redirectWithError(context, error, requester.redirectUri, { state, iss });
    }
  });
  return app;

  /** Only the browser that began the request can go on: the cookie says that it is this one. */
  async function begin(context: Context, request: McpAuthorizationRequest): Promise<Response> {
    const id = newToken();
    const path = `${CONSENT_PATH}/${id}`;
    mcp.requests.set(id, request);
    await setSignedCookie(context, REQUEST_COOKIE, id, issuer.cookieKey, {
      path,
      httpOnly: true,
      sameSite: 'Lax',
      maxAge: REQUEST_LIFETIME_SECONDS,
    });
    return redirectTo(context, path);
  }
}
