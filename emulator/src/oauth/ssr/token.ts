import { Hono, type Context } from 'hono';
import { hasApiKey, NO_API_KEY } from '../../access/api-key.js';
import type { Core } from '../../core.js';
import { accessTokenOf } from '../../project/described-users.js';
import { isJsonObject, parseJson, type JsonObject } from '../../json-object.js';
import { OAuthError, sendOAuthError } from '../oauth-error.js';

export const SSR_TOKEN_PATH = '/propelauth/ssr/token';

/** Exchanges codes of the server of a front end, which authenticates with the API key. It has no need of PKCE. */
export function ssrToken({ oauth: { servers }, project, issuer, recorder }: Core): Hono {
  const app = new Hono();
  app.use(SSR_TOKEN_PATH, recorder.canFail('ssrToken'));
  app.post(SSR_TOKEN_PATH, async (context) => {
    if (!hasApiKey(context, issuer)) {
      return context.json({ error: 'unauthorized', error_description: `${NO_API_KEY}.` }, 401);
    }
    const body = await readJson(context);
    const grant = servers.redeemCode({
      code: textIn(body, 'code'),
      clientId: '',
      redirectUri: textIn(body, 'redirect_uri'),
    });
    const response = {
      access_token: await accessTokenOf(project, servers.userOf(grant)),
      refresh_token: servers.issueRefreshToken(grant),
    };
    return context.json(response);
  });
  app.onError(sendOAuthError);
  return app;
}

async function readJson(context: Context): Promise<JsonObject> {
  const body = parseJson(await context.req.text());
  if (isJsonObject(body)) return body;
  throw new OAuthError('invalid_request', 'The body is not a JSON object.');
}

function textIn(body: JsonObject, name: string): string {
  const value = body[name];
  if (typeof value === 'string' && value !== '') return value;
  throw new OAuthError('invalid_request', `${name} is not a string.`);
}
