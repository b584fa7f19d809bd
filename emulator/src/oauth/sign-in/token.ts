import { Hono, type Context } from 'hono';
import type { Core } from '../../core.js';
import { accessTokenOf } from '../../project/described-users.js';
import { ACCESS_TOKEN_LIFETIME_SECONDS } from '../../issuer/token-issuer.js';
import { readClientCredentials } from '../client-credentials.js';
import { OAuthError, sendOAuthError } from '../oauth-error.js';
import { readCodeVerifier } from '../proof-key.js';
import { readForm, type RequestParameters } from '../request-parameters.js';
import type { Grant } from '../store/grants.js';

export const TOKEN_PATH = '/propelauth/oauth/token';

/**
 * Exchanges codes and refresh tokens for access tokens. Clients have no secret here: only the sign-in page creates codes, and only the client
 * that asked for one has its verifier. What a client sends as its secret is ignored, since only PropelAuth knows it.
 */
export function token({ oauth: { clients }, project }: Core): Hono {
  const app = new Hono();
  app.post(TOKEN_PATH, async (context) => {
    const form = await readForm(context);
    form.assertNoneRepeated();
    const { clientId } = readClientCredentials(context.req.header('authorization'), form);
    const { grant, refreshToken } = exchange(form, clientId);
    (context as Context).set('caller', clientId);
    const response = {
      access_token: await accessTokenOf(project, clients.userOf(grant), grant.orgId),
      token_type: 'Bearer',
      expires_in: ACCESS_TOKEN_LIFETIME_SECONDS,
      refresh_token: refreshToken,
    };
    return context.json(response);
  });
  app.onError(sendOAuthError);
  return app;

  function exchange(
    form: RequestParameters,
    clientId: string,
  ): { grant: Grant; refreshToken: string } {
    switch (form.require('grant_type')) {
      case 'authorization_code':
        return exchangeCode(form, clientId);
      case 'refresh_token':
        return refresh(form.require('refresh_token'), clientId);
      default:
        throw new OAuthError(
          'unsupported_grant_type',
          'grant_type must be authorization_code or refresh_token.',
        );
    }
  }

  function exchangeCode(form: RequestParameters, clientId: string) {
    const grant = clients.redeemCode({
      code: form.require('code'),
      clientId,
      redirectUri: form.require('redirect_uri'),
      codeVerifier: readCodeVerifier(form),
    });
    return { grant, refreshToken: clients.issueRefreshToken(grant) };
  }

  function refresh(refreshToken: string, clientId: string) {
    const grant = clients.findByRefreshToken(refreshToken, clientId);
    return { grant, refreshToken: clients.rotate(refreshToken, grant) };
  }
}
