import { Hono, type Context } from 'hono';
import type { Core } from '../../core.js';
import { readClientCredentials, type ClientCredentials } from '../client-credentials.js';
import { OAuthError, sendOAuthError } from '../oauth-error.js';
import { readCodeVerifier } from '../proof-key.js';
import { readForm, type RequestParameters } from '../request-parameters.js';
import { hashOf, isSameSecret } from '../../texts.js';
import type { Grant } from '../store/grants.js';
import type { McpClient } from './mcp-clients.js';
import { ACCESS_TOKEN_LIFETIME_SECONDS } from './mcp-store.js';
import { GRANT_TYPES, TOKEN_PATH } from './metadata.js';
import { assertSameResource, narrowedScopes } from './resource-and-scopes.js';

/** Exchanges codes and refresh tokens for tokens. */
export function mcpToken({ oauth: { mcp } }: Core): Hono {
  const app = new Hono();
  app.post(TOKEN_PATH, async (context) => {
    const form = await readForm(context);
    form.assertNoneRepeated();
    const client = authenticate(readClientCredentials(context.req.header('authorization'), form));
    (context as Context).set('caller', client.clientId);
    const response = respondTo(readGrantType(form, client), form, client);
    return context.json(response);
  });
  app.onError(sendOAuthError);
  return app;

  function authenticate({ clientId, method, clientSecret }: ClientCredentials): McpClient {
    const client = mcp.clients.find(clientId);
    const hash = clientSecret === undefined ? '' : hashOf(clientSecret);
    const isAuthentic =
      client?.authMethod === method && isSameSecret(client.clientSecret ?? '', hash);
    if (isAuthentic) return client;
    throw new OAuthError('invalid_client', 'The client is unknown or not authenticated.', 401);
  }

  function respondTo(grantType: string, form: RequestParameters, client: McpClient): object {
    return grantType === 'refresh_token' ? refresh(form, client) : exchange(form, client);
  }

  function exchange(form: RequestParameters, client: McpClient): object {
    const { clientId } = client;
    const grant = mcp.grants.redeemCode({
      code: form.require('code'),
      clientId,
      redirectUri: form.require('redirect_uri'),
      codeVerifier: readCodeVerifier(form),
    });
    assertSameResource(form.get('resource'), grant.resource);
    const refreshToken = client.grantTypes.includes('refresh_token')
      ? mcp.grants.issueRefreshToken(grant)
      : undefined;
    return tokensOf(grant, grant.scopes ?? [], refreshToken);
  }

  function refresh(form: RequestParameters, { clientId }: McpClient): object {
    const token = form.require('refresh_token');
    const grant = mcp.grants.findByRefreshToken(token, clientId);
    assertSameResource(form.get('resource'), grant.resource);
    const scopes = narrowedScopes(form.get('scope'), grant.scopes ?? []);
    return tokensOf(grant, scopes, mcp.grants.rotate(token, grant));
  }

  /** RFC 6749, section 5.1. */
  function tokensOf(
    grant: Grant,
    scopes: readonly string[],
    refreshToken: string | undefined,
  ): object {
    return {
      access_token: mcp.issueAccessToken(grant, scopes),
      token_type: 'Bearer',
      expires_in: ACCESS_TOKEN_LIFETIME_SECONDS,
      scope: scopes.join(' '),
      ...(refreshToken !== undefined && { refresh_token: refreshToken }),
    };
  }
}

function readGrantType(form: RequestParameters, { grantTypes }: McpClient): string {
  const grantType = form.require('grant_type');
  if (!GRANT_TYPES.some((each) => each === grantType)) {
    throw new OAuthError(
      'unsupported_grant_type',
      `grant_type must be one of ${GRANT_TYPES.join(', ')}.`,
    );
  }
  if (grantTypes.includes(grantType)) return grantType;
  throw new OAuthError('unauthorized_client', 'The client did not register for this grant_type.');
}
