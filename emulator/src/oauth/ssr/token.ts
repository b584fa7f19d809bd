import { Hono, type Context } from 'hono';
import * as v from 'valibot';
import { hasApiKey, NO_API_KEY } from '../../access/api-key.js';
import type { Core } from '../../core.js';
import { accessTokenOf } from '../../project/described-users.js';
import { TEXT } from '../../backend/fields.js';
import { parseJson } from '../../json-object.js';
import { OAuthError, sendOAuthError } from '../oauth-error.js';

const SSR_TOKEN_PATH = '/propelauth/ssr/token';

const BODY = v.object({ code: TEXT, redirect_uri: TEXT });

/** Exchanges codes of the server of a front end, which authenticates with the API key. It has no need of PKCE. */
export function ssrToken({ oauth: { servers }, project, issuer, recorder }: Core): Hono {
  const app = new Hono();
  app.use(SSR_TOKEN_PATH, recorder.canFail('ssrToken'));
  app.post(SSR_TOKEN_PATH, async (context) => {
    if (!hasApiKey(context, issuer)) {
      return context.json({ error: 'unauthorized', error_description: `${NO_API_KEY}.` }, 401);
    }
    const { code, redirect_uri: redirectUri } = await readBody(context);
    const grant = servers.redeemCode({ code, clientId: '', redirectUri });
    const response = {
      access_token: await accessTokenOf(project, servers.userOf(grant)),
      refresh_token: servers.issueRefreshToken(grant),
    };
    return context.json(response);
  });
  app.onError(sendOAuthError);
  return app;
}

async function readBody(context: Context): Promise<v.InferOutput<typeof BODY>> {
  const { success, output } = v.safeParse(BODY, parseJson(await context.req.text()));
  if (success) return output;
  throw new OAuthError('invalid_request', 'The body is not JSON with code and redirect_uri.');
}
