import { Hono, type MiddlewareHandler } from 'hono';
import type { Core } from '../core.js';
import { readBasic } from './client-credentials.js';
import { INTROSPECTION_PATH } from './mcp/metadata.js';
import { OAuthError, sendOAuthError } from './oauth-error.js';
import { readForm } from './request-parameters.js';

/** What is known of an application that asks from within this process. */
export interface AskingApplication {
  /** The resource that tokens of tests are for if they are for no other. */
  readonly resource?: string;
}

/** Token introspection as PropelAuth responds (RFC 7662, section 2). */
export function introspection({
  issuer,
  recorder,
  oauth,
}: Core): Hono<{ Bindings: AskingApplication }> {
  const app = new Hono<{ Bindings: AskingApplication }>();
  app.onError(sendOAuthError);
  // Before the recorder: a web page can send such a request, which must not use up a failure.
  const withCredentials: MiddlewareHandler = async (context, next) => {
    const given = readBasic(context.req.header('authorization') ?? '');
    const { clientId, clientSecret } = issuer.introspection;
    if (given.clientId === clientId && given.clientSecret === clientSecret) return next();
    throw new OAuthError('invalid_client', 'The credentials are not those of introspection.', 401);
  };
  app.post(INTROSPECTION_PATH, withCredentials, recorder.record('introspect'), async (context) => {
    const token = (await readForm(context)).require('token');
    const ofClient = oauth.mcp.introspect(token);
    if (ofClient !== undefined) return context.json(ofClient);
    const { resource } = context.env ?? {};
    if (resource === undefined && issuer.mcpTokens.isForAnyResource(token)) {
      throw new OAuthError(
        'invalid_request',
        'The token is for no resource. Create it with mcpToken(user, { resource }), the mcpServer.resource of the application',
      );
    }
    return context.json(issuer.mcpTokens.introspect(token, resource));
  });
  return app;
}
