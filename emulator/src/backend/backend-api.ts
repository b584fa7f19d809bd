import { Hono, type Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { hasApiKey, NO_API_KEY } from '../access/api-key.js';
import type { Core } from '../core.js';
import {
  isDeeperThan,
  isJsonObject,
  MAXIMUM_DEPTH,
  parseJson,
  type JsonObject,
} from '../json-object.js';
import { addSessionEndpoints } from '../oauth/ssr/session-endpoints.js';
import type { Endpoint, Endpoints } from './endpoint.js';
import { addEndpoints } from './endpoints.js';
import { InvalidFields } from './fields.js';

const BASE_PATH = '/api/backend/v1';

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
    GET: adderOf('GET'),
    POST: adderOf('POST'),
    PUT: adderOf('PUT'),
    PATCH: adderOf('PATCH'),
    DELETE: adderOf('DELETE'),
  };
  addEndpoints(endpoints, project);
  addSessionEndpoints(endpoints, { oauth, project });
  // Not 404: PropelAuth's client would take that for an unknown id.
  api.all(`${BASE_PATH}/*`, (context) => {
    const { method, path } = context.req;
    return failure(context, 501, `The emulator does not support ${method} ${path}.`);
  });
  return api;

  function adderOf(method: keyof Endpoints): Endpoints[typeof method] {
    return (path, name, endpoint) =>
      void api.on(method, BASE_PATH + path, recorder.record(name), (context) =>
        respond(context, endpoint),
      );
  }

  /**
   * Checks the credentials of a request. PropelAuth's libraries name the project in `X-Propelauth-url`; requests to its REST API go to the
   * auth URL and do not have this header (PropelAuth, "Backend API Reference").
   */
  function rejectionOf(context: Context): Response | undefined {
    if (!hasApiKey(context, issuer)) return failure(context, 401, NO_API_KEY);
    const { hostname } = new URL(issuer.authUrl);
    if ((context.req.header('x-propelauth-url') ?? hostname) !== hostname) {
      const reason = `The X-Propelauth-url header is not ${hostname}, the host of the auth URL`;
      return failure(context, 404, reason);
    }
    return undefined;
  }
}

async function respond(context: Context, endpoint: Endpoint): Promise<Response> {
  const text = await context.req.text();
  const body = text === '' ? {} : parseJson(text);
  if (!isJsonObject(body)) return failure(context, 400, 'The body is not a JSON object');
  if (isDeeperThan(MAXIMUM_DEPTH, body)) {
    return failure(context, 400, `The body is nested more than ${MAXIMUM_DEPTH} levels deep`);
  }
  const request = { query: context.req.query(), body: withoutNull(body) };
  const [parameter = ''] = Object.values(context.req.param() as Record<string, string>);
  try {
    const response = await endpoint(request, parameter);
    return context.json(response.body as object, response.status as ContentfulStatusCode);
  } catch (error) {
    if (!(error instanceof InvalidFields)) throw error;
    return context.json(error.errors, 400);
  }
}

/** Some clients send `null` for what is not set. */
function withoutNull(body: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null));
}

function failure(context: Context, status: ContentfulStatusCode, error: string): Response {
  return context.json({ error }, status);
}
