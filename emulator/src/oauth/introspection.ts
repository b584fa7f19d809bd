import { Hono, type Context, type MiddlewareHandler } from 'hono';
import type { Core } from '../core.js';
import type { IntrospectionCredentials } from '../issuer/token-issuer.js';
import { readBasic } from './client-credentials.js';
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
  // Before the recorder: a web page can send such a request, which must not use up a failure.
  const withCredentials: MiddlewareHandler = async (context, next) => {
    context.header('Cache-Control', 'no-store');
    const { authorization } = context.req.header();
    if (isResourceServer(authorization, issuer.introspection)) return next();
    context.header('www-authenticate', 'Basic realm="introspection"');
    return failure(
      context,
      401,
      'invalid_client',
      'The Authorization header is not "Basic" and the credentials of introspection',
    );
  };
  app.post(
    '/oauth/2.1/introspect',
    withCredentials,
    recorder.record('introspect'),
    async (context) => {
      const token = await readToken(context);
      if (token === undefined) {
        return failure(
          context,
          400,
          'invalid_request',
          'The body is not a form with the parameter token',
        );
      }
      const ofClient = oauth.mcp.introspect(token);
      if (ofClient !== undefined) return context.json(ofClient);
      const { resource } = context.env ?? {};
      if (issuer.mcpTokens.isForAnyResource(token) && resource === undefined) {
        return failure(
          context,
          400,
          'invalid_request',
          'The token is for no resource. Create it with mcpToken(user, { resource }), the mcpServer.resource of the application',
        );
      }
      return context.json(issuer.mcpTokens.introspect(token, resource));
    },
  );
  return app;
}

/** PropelAuth's own provider for FastMCP does not encode the credentials before base64, and strict clients do: both are accepted. */
function isResourceServer(
  authorization: string | undefined,
  { clientId, clientSecret }: IntrospectionCredentials,
): boolean {
  if (authorization === undefined) return false;
  try {
    const given = readBasic(authorization);
    return given.clientId === clientId && given.clientSecret === clientSecret;
  } catch {
    return false;
  }
}

/** The token; `undefined` if there is none or more than one, or the body is no form. */
async function readToken(context: Context): Promise<string | undefined> {
  try {
    return (await readForm(context)).get('token');
  } catch {
    return undefined;
  }
}

function failure(
  context: Context,
  status: 400 | 401,
  error: string,
  description: string,
): Response {
  return context.json({ error, error_description: description }, status);
}
