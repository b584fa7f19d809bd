import { Hono, type Context } from 'hono';
import { deleteCookie, getSignedCookie } from 'hono/cookie';
import { HTTPException } from 'hono/http-exception';
import type { Core } from '../../core.js';
import { encodeAddress } from '../../front-end/return-addresses.js';
import { consentPage, readCheckedScopes } from '../../pages/consent-page.js';
import { redirectTo, sendPage } from '../../pages/page-response.js';
import { errorPages, forOwnForms } from '../../pages/page-routes.js';
import { signInErrorPage, signInPage, userIn } from '../../pages/sign-in-page.js';
import type { UserRecord } from '../../project/records.js';
import { readForm, type RequestParameters } from '../request-parameters.js';
import type { McpAuthorizationRequest } from './authorization-request.js';
import { issuerOf } from './metadata.js';

/** Where the page is, without the id of the authorization request. */
export const CONSENT_PATH = '/propelauth/mcp/authorize';

/** It is only sent to the page of its own request: browsers send cookies to all servers of a hostname, whatever their ports. */
export const REQUEST_COOKIE = 'propelauth_mcp_request';

/** A request that a browser has begun. */
interface Pending {
  readonly id: string;
  readonly request: McpAuthorizationRequest;
}

/**
 * The page on which a user authorizes a client: first who, then what. PropelAuth has a page of its own for it.
 *
 * A POST that changes something comes from this page only, by its `Origin` header, and from the browser that has begun the authorization
 * request, by its cookie.
 */
export function mcpConsent({ oauth: { mcp }, project, issuer }: Core): Hono {
  const app = new Hono();
  app.get(`${CONSENT_PATH}/:id`, async (context) => {
    const { request } = await findPending(context);
    const page = signInPage(project, {}, encodeAddress(context.req.url));
    return sendPage(context, 200, page, { next: request.redirectUri });
  });
  app.post(`${CONSENT_PATH}/:id`, ...forOwnForms, async (context) => {
    const pending = await findPending(context);
    return respondTo(context, await readForm(context), pending);
  });
  app.onError(errorPages(signInErrorPage));
  return app;

  async function respondTo(
    context: Context,
    form: RequestParameters,
    pending: Pending,
  ): Promise<Response> {
    const { request } = pending;
    const decision = form.get('decision');
    if (decision === 'deny') return finish(context, pending, REJECTED);
    const user = await userIn(form, project);
    if (decision === 'allow') return allow(context, form, pending, user);
    const page = consentPage(project, user, request);
    return sendPage(context, 200, page, { next: request.redirectUri });
  }

  async function allow(
    context: Context,
    form: RequestParameters,
    pending: Pending,
    { user_id: userId }: UserRecord,
  ): Promise<Response> {
    const { clientId, redirectUri, codeChallenge, resource, scopes } = pending.request;
    const orgId = form.get('org');
    if (!project.isIn(orgId, userId)) {
      throw new HTTPException(400, { message: 'The user is not in the organization.' });
    }
    mcp.clients.keep(clientId);
    const code = mcp.grants.issueCode(
      { clientId, userId, orgId, resource, scopes: readCheckedScopes(form, scopes) },
      { redirectUri, codeChallenge },
    );
    return finish(context, pending, { code });
  }

  /** A request ends once: with its code or with an error. */
  function finish(
    context: Context,
    { id, request }: Pending,
    result: Readonly<Record<string, string>>,
  ): Response {
    mcp.requests.delete(id);
    deleteCookie(context, REQUEST_COOKIE, { path: `${CONSENT_PATH}/${id}` });
    const { redirectUri, state } = request;
    return redirectTo(context, redirectUri, { ...result, state, iss: issuerOf(issuer.authUrl) });
  }

  async function findPending(context: Context): Promise<Pending> {
    const cookie = await getSignedCookie(context, issuer.cookieKey, REQUEST_COOKIE);
    const id = context.req.param('id') ?? '';
    const request = mcp.requests.get(id);
    if (request !== undefined && cookie === id) return { id, request };
    throw new HTTPException(400, { message: EXPIRED });
  }
}

const REJECTED = { error: 'access_denied', error_description: 'The user rejected the request.' };

const EXPIRED =
  'This authorization request has expired, or another browser started it. Connect again in the MCP client.';
