import { generateKeyPairSync } from 'node:crypto';
import type { Configuration, errors, JWK, KoaContextWithOIDC } from 'oidc-provider';
import type { ResolvedMcpOptions } from '../../options/mcp-options.js';
import { withoutTrailingSlash } from '../../options/mcp-resource.js';
import type { IntrospectionCredentials } from '../../options/introspection-credentials.js';
import { errorPage } from '../pages/layout.js';
import { pageResponse } from '../pages/page-response.js';
import type { AuthorizationServerParts } from './authorization-server-parts.js';
import type { OidcProvider } from './load-oidc-provider.js';
import type { ClientStore } from './client-store.js';
import { memoryStore } from './memory-store.js';
import { CLIENT_AUTH_METHODS, ENDPOINTS } from './metadata.js';

/** As one of PropelAuth's customers sees it. */
export const ACCESS_TOKEN_LIFETIME_SECONDS = 90 * 60;
const CODE_LIFETIME_SECONDS = 60;
const AUTHORIZATION_REQUEST_LIFETIME_SECONDS = 10 * 60;
const GRANT_LIFETIME_SECONDS = 30 * 24 * 60 * 60;

const KEY_ALGORITHM = 'ES256';

/**
 * Every grant has this scope of `oidc-provider`, which no token shows. Without it, a user could not allow a client less than it asks
 * for down to nothing: `oidc-provider` takes a grant without a scope for none.
 */
export const GRANT_SCOPE = 'propelauth-local-grant';

/** Where the page is on which a user authorizes a client, without the id of the authorization request. */
export const CONSENT_PATH = '/propelauth/mcp/authorize';

/** What the authorization server is made of, with its clients. */
export interface ProviderParts extends AuthorizationServerParts {
  readonly clients: ClientStore;
}

/** Everything that `oidc-provider` has a default for is set where the default is not PropelAuth's, or logs a notice. */
export function providerConfiguration(
  parts: ProviderParts,
  { errors, interactionPolicy: { Check, Prompt } }: OidcProvider,
): Configuration {
  const { mcp, credentials, accounts, clients, cookieKey, projectId } = parts;
  const consent = new Check(
    'not_authorized',
    'the user has not yet authorized the client',
    ({ oidc }) => oidc.result?.consent === undefined,
  );
  return {
    adapter: memoryStore(clients),
    routes: ENDPOINTS,
    responseTypes: ['code'],
    scopes: [GRANT_SCOPE],
    clientAuthMethods: CLIENT_AUTH_METHODS,
    // It signs nothing, since no token is a JWT, but oidc-provider has no clients without a key.
    jwks: { keys: [newKey()] },
    clientDefaults: { id_token_signed_response_alg: KEY_ALGORITHM },
    clients: [introspectionClient(credentials)],
    allowOmittingSingleRegisteredRedirectUri: false,
    cookies: cookiesOf(projectId, cookieKey),
    pkce: { required: () => true },
    extraParams: requiredParameters(mcp, errors),
    interactions: {
      policy: [new Prompt({ name: 'consent', requestable: false }, consent)],
      url: (_ctx, { uid }) => `${CONSENT_PATH}/${uid}`,
    },
    findAccount: (_ctx, id) => accounts.find(id) && { accountId: id, claims: () => ({ sub: id }) },
    issueRefreshToken: async (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    rotateRefreshToken: true,
    expiresWithSession: async () => false,
    clientBasedCORS: () => true,
    renderError,
    ttl: {
      AccessToken: ACCESS_TOKEN_LIFETIME_SECONDS,
      AuthorizationCode: CODE_LIFETIME_SECONDS,
      Grant: GRANT_LIFETIME_SECONDS,
      Interaction: AUTHORIZATION_REQUEST_LIFETIME_SECONDS,
      RefreshToken: GRANT_LIFETIME_SECONDS,
      Session: AUTHORIZATION_REQUEST_LIFETIME_SECONDS,
    },
    features: {
      claimsParameter: { enabled: false },
      devInteractions: { enabled: false },
      dPoP: { enabled: false },
      introspection: { enabled: true, allowedPolicy: () => true },
      pushedAuthorizationRequests: { enabled: false },
      registration: { enabled: true, issueRegistrationAccessToken: false },
      resourceIndicators: resourceIndicators(mcp, errors),
      rpInitiatedLogout: { enabled: false },
      userinfo: { enabled: false },
    },
  };
}

function newKey(): JWK {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { ...privateKey.export({ format: 'jwk' }), alg: KEY_ALGORITHM, use: 'sig' };
}

function introspectionClient({ clientId, clientSecret }: IntrospectionCredentials) {
  return {
    client_id: clientId,
    client_secret: clientSecret,
    token_endpoint_auth_method: 'client_secret_basic',
    grant_types: [],
    response_types: [],
    redirect_uris: [],
  } as const;
}

function cookiesOf(projectId: string, key: string): Configuration['cookies'] {
  const options = { httpOnly: true, sameSite: 'lax', signed: true } as const;
  return {
    names: {
      session: `propelauth_mcp_session_${projectId}`,
      interaction: `propelauth_mcp_request_${projectId}`,
      resume: `propelauth_mcp_resume_${projectId}`,
    },
    long: options,
    short: options,
    keys: [key],
  };
}

/** What PropelAuth demands beyond OAuth 2.1. These run once the client and its redirect URI are known. */
function requiredParameters(
  { scopes }: ResolvedMcpOptions,
  { InvalidRequest, InvalidScope }: typeof errors,
): Configuration['extraParams'] {
  return {
    state: (_ctx, state) => {
      if (!state) throw new InvalidRequest('state is missing');
    },
    scope: ({ oidc }, scope) => {
      const requested = scope?.split(' ') ?? scopes;
      const unknown = requested.find((each) => !scopes.includes(each));
      if (unknown !== undefined) {
        throw new InvalidScope('requested scope is not one of mcp.scopes', unknown);
      }
      // PropelAuth offers all scopes to a client that asks for none in particular.
      (oidc.params as Record<string, unknown>)['scope'] = [...requested, GRANT_SCOPE].join(' ');
    },
  };
}

function resourceIndicators(
  { resource, scopes }: ResolvedMcpOptions,
  { InvalidTarget }: typeof errors,
) {
  return {
    enabled: true,
    defaultResource: () => {
      throw new InvalidTarget('resource is missing');
    },
    useGrantedResource: async () => true,
    getResourceServerInfo: (_ctx: unknown, indicator: string) => {
      if (withoutTrailingSlash(indicator) !== withoutTrailingSlash(resource)) {
        throw new InvalidTarget('resource is not mcp.resource of this server');
      }
      return { audience: resource, scope: scopes.join(' '), accessTokenFormat: 'opaque' as const };
    },
  };
}

/** The error of an authorization request that must not be sent to the client, as a page; at the other endpoints always JSON. */
function renderError(ctx: KoaContextWithOIDC, out: { error: string; error_description?: string }) {
  if (!/^(authorization|resume)$/.test(ctx.oidc.route)) {
    ctx.body = out;
    return;
  }
  const { headers, body } = pageResponse(
    ctx.status,
    errorPage('This client cannot sign you in', `${out.error_description ?? ''} (${out.error})`),
  );
  ctx.set(headers);
  ctx.body = body;
}
