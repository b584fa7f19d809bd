import { randomUUID } from 'node:crypto';
import { Hono, type Context } from 'hono';
import * as v from 'valibot';
import { isLoopbackHostname } from '../../access/origins.js';
import type { Core } from '../../core.js';
import { omitUndefined } from '../../issuer/access-token-claims.js';
import { isJsonObject, parseJson } from '../../json-object.js';
import { OAuthError, sendOAuthError } from '../oauth-error.js';
import { newToken } from '../../texts.js';
import type { McpClient } from './mcp-clients.js';
import { CLIENT_AUTH_METHODS, GRANT_TYPES, REGISTRATION_PATH } from './metadata.js';

const JSON_TYPE = 'application/json';

const MAXIMUM_REDIRECT_URIS = 10;
export const MAXIMUM_REDIRECT_URI_LENGTH = 1_000;
export const MAXIMUM_NAME_LENGTH = 100;

/** Schemes whose URLs a browser runs, shows or reads itself, instead of an application. */
const SCHEMES_OF_BROWSERS = /^(about|blob|data|file|filesystem|javascript|vbscript|view-source):$/;

/** Printable, and without what has a meaning in HTML or in a content security policy. */
const PLAIN_URI = /^[\w.~:/?[\]@!$&()*+,=%-]+$/;

const NO_URI = `is not a list of URIs of at most ${MAXIMUM_REDIRECT_URI_LENGTH} characters, without a fragment.`;
const NO_TARGET =
  'has a URI that is not an https URL, an http URL of localhost, 127.0.0.1 or [::1], and has no scheme of an application.';
const NO_LIST = `is not a list of 1 to ${MAXIMUM_REDIRECT_URIS} URIs.`;
const NO_NAME = `is not a string of 1 to ${MAXIMUM_NAME_LENGTH} characters.`;

/** What is read of a registration request (RFC 7591, section 2). The messages follow the name of a field. */
const REGISTRATION = v.object(
  {
    redirect_uris: v.pipe(
      v.array(
        v.pipe(
          v.string(NO_URI),
          v.maxLength(MAXIMUM_REDIRECT_URI_LENGTH, NO_URI),
          v.regex(PLAIN_URI, NO_URI),
          v.check(isRedirectTarget, NO_TARGET),
        ),
        NO_LIST,
      ),
      v.minLength(1, NO_LIST),
      v.maxLength(MAXIMUM_REDIRECT_URIS, NO_LIST),
    ),
    token_endpoint_auth_method: v.nullish(
      v.picklist(CLIENT_AUTH_METHODS, `is not one of ${CLIENT_AUTH_METHODS.join(', ')}.`),
      'client_secret_basic',
    ),
    client_name: v.nullish(
      v.pipe(v.string(NO_NAME), v.nonEmpty(NO_NAME), v.maxLength(MAXIMUM_NAME_LENGTH, NO_NAME)),
    ),
    response_types: listWith('code', ['code']),
    grant_types: listWith('authorization_code', GRANT_TYPES),
  },
  'is missing.',
);

/** A list of known names with the one that every client needs, which is also the default. */
function listWith(
  needed: string,
  known: readonly string[],
): v.GenericSchema<unknown, readonly string[]> {
  const message = `is not a list with ${needed}. The known values are ${known.join(', ')}.`;
  const names = v.array(v.picklist(known, message), message);
  return v.nullish(v.pipe(names, v.includes(needed, message)), [needed]);
}

/** Dynamic client registration (RFC 7591). */
export function mcpRegister({ oauth: { mcp } }: Core): Hono {
  const app = new Hono();
  app.onError(sendOAuthError);
  app.post(REGISTRATION_PATH, async (context) => {
    const client = readRegistration(await readJson(context));
    mcp.clients.add(client);
    return context.json(registeredMetadata(client), 201);
  });
  return app;
}

async function readJson(context: Context): Promise<unknown> {
  const [type = ''] = (context.req.header('content-type') ?? '').split(';');
  if (type.trim().toLowerCase() !== JSON_TYPE) {
    throw new OAuthError('invalid_client_metadata', `The Content-Type is not ${JSON_TYPE}.`);
  }
  return parseJson(await context.req.text());
}

/**
 * Reads a registration request. Everything else in it is ignored, and nothing is fetched.
 *
 * The scope is ignored: a client may ask for other scopes than those that it had in mind when it registered, as a step-up does.
 *
 * @throws {OAuthError} if the metadata is not accepted
 */
function readRegistration(body: unknown): McpClient {
  if (!isJsonObject(body)) {
    throw new OAuthError('invalid_client_metadata', 'The body is not a JSON object.');
  }
  const { output, issues } = v.safeParse(REGISTRATION, body);
  if (issues !== undefined) {
    const [{ path: [{ key } = {}] = [], message }] = issues;
    const code = key === 'redirect_uris' ? 'invalid_redirect_uri' : 'invalid_client_metadata';
    throw new OAuthError(code, `${String(key)} ${message}`);
  }
  const authMethod = output.token_endpoint_auth_method;
  return {
    clientId: randomUUID(),
    issuedAt: Math.floor(Date.now() / 1000),
    clientSecret: authMethod === 'none' ? undefined : newToken(),
    clientName: output.client_name ?? undefined,
    redirectUris: output.redirect_uris,
    grantTypes: output.grant_types,
    authMethod,
  };
}

/** The response to a registration (RFC 7591, section 3.2.1). */
function registeredMetadata(client: McpClient): object {
  const { clientSecret } = client;
  return omitUndefined({
    client_id: client.clientId,
    client_id_issued_at: client.issuedAt,
    client_secret: clientSecret,
    // Never.
    client_secret_expires_at: clientSecret === undefined ? undefined : 0,
    client_name: client.clientName,
    redirect_uris: client.redirectUris,
    grant_types: client.grantTypes,
    response_types: ['code'],
    token_endpoint_auth_method: client.authMethod,
  });
}

function isRedirectTarget(uri: string): boolean {
  if (!URL.canParse(uri)) return false;
  const { protocol, hostname, username, password } = new URL(uri);
  if (username !== '' || password !== '') return false;
  if (protocol === 'http:') return isLoopbackHostname(hostname);
  return protocol === 'https:' || !SCHEMES_OF_BROWSERS.test(protocol);
}
