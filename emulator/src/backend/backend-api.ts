import { Hono, type Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Core } from '../core.js';
import { isDeeperThan, isJsonObject, MAXIMUM_DEPTH } from '../json-object.js';
import { addSessionEndpoints } from '../oauth/ssr/session-endpoints.js';
import { addApiKeyEndpoints } from './api-key-endpoints.js';
import type { BackendRequest, Endpoint, Endpoints } from './endpoint.js';
import { addMemberEndpoints } from './member-endpoints.js';
import { addOrgEndpoints } from './org-endpoints.js';
import { addSignInEndpoints } from './sign-in-endpoints.js';
import { addStepUpEndpoints } from './step-up-endpoints.js';
import { addUserEndpoints } from './user-endpoints.js';

const BASE_PATH = '/api/backend/v1';

const PARTS = [
  addUserEndpoints,
  addOrgEndpoints,
  addMemberEndpoints,
  addApiKeyEndpoints,
  addSignInEndpoints,
  addStepUpEndpoints,
];

/** PropelAuth's backend API, and the key that verifies access tokens. */
export function backendApi({ issuer, project, recorder, oauth }: Core): Hono {
  const api = new Hono();
  for (const path of [`${BASE_PATH}/*`, '/api/v1/token_verification_metadata']) {
    api.use(path, async (context, next) => rejectionOf(context) ?? next());
  }
  api.get(
    '/api/v1/token_verification_metadata',
    recorder.record('fetchTokenVerificationMetadata'),
    (context) => context.json({ verifier_key_pem: issuer.verifierKey }),
  );
  const endpoints: Endpoints = {
    get: adderOf('get'),
    post: adderOf('post'),
    put: adderOf('put'),
    patch: adderOf('patch'),
    delete: adderOf('delete'),
  };
  for (const addEndpoints of PARTS) addEndpoints(endpoints, project);
  addSessionEndpoints(endpoints, { oauth, project });
  // Not 404: PropelAuth's client would take that for an unknown id.
  api.all(`${BASE_PATH}/*`, (context) =>
    failure(context, 501, 'The emulator does not support this endpoint'),
  );
  return api;

  function adderOf(method: keyof Endpoints): Endpoints[typeof method] {
    return (path, name, endpoint) =>
      void api[method](BASE_PATH + path, recorder.record(name), (context) =>
        respond(context, endpoint),
      );
  }

  /**
   * Checks the credentials of a request. PropelAuth's libraries name the project in `X-Propelauth-url`; requests to its REST API go to the
   * auth URL and do not have this header (PropelAuth, "Backend API Reference").
   */
  function rejectionOf(context: Context): Response | undefined {
    if (context.req.header('authorization') !== `Bearer ${issuer.apiKey}`) {
      return failure(context, 401, 'The Authorization header is not "Bearer" and the API key');
    }
    const { hostname } = new URL(issuer.authUrl);
    if ((context.req.header('x-propelauth-url') ?? hostname) !== hostname) {
      const reason = `The X-Propelauth-url header is not ${hostname}, the host of the auth URL`;
      return failure(context, 404, reason);
    }
    return undefined;
  }
}

async function respond(context: Context, endpoint: Endpoint): Promise<Response> {
  const request = await readRequest(context);
  if ('reason' in request) return failure(context, 400, request.reason);
  const [parameter = ''] = Object.values(context.req.param() as Record<string, string>);
  const { status, body } = await endpoint(request, parameter);
  return context.json(body as object, status as ContentfulStatusCode);
}

/** @returns why the request is rejected, if it is */
async function readRequest(
  context: Context,
): Promise<BackendRequest | { readonly reason: string }> {
  const query = new URL(context.req.url).searchParams;
  const text = await context.req.text();
  if (text === '') return { query, body: {} };
  try {
    const body: unknown = JSON.parse(text);
    if (isDeeperThan(MAXIMUM_DEPTH, body)) {
      return { reason: `The body is nested more than ${MAXIMUM_DEPTH} levels deep` };
    }
    if (isJsonObject(body)) return { query, body };
  } catch {
    // It is no JSON.
  }
  return { reason: 'The body is not a JSON object' };
}

function failure(context: Context, status: ContentfulStatusCode, error: string): Response {
  return context.json({ error }, status);
}
