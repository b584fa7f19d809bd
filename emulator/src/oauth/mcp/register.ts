import { Hono, type Context } from 'hono';
import type { Core } from '../../core.js';
import { parseJson } from '../../json-object.js';
import { OAuthError, sendOAuthError } from '../oauth-error.js';
import { readRegistration, registeredMetadata } from './client-registration.js';
import { REGISTRATION_PATH } from './metadata.js';

const JSON_TYPE = 'application/json';

/** Dynamic client registration (RFC 7591). */
export function mcpRegister({ oauth: { mcp } }: Core): Hono {
  const app = new Hono();
  app.post(REGISTRATION_PATH, async (context) => {
    const client = readRegistration(await readJson(context));
    mcp.clients.add(client);
    return context.json(registeredMetadata(client), 201, { 'Cache-Control': 'no-store' });
  });
  app.onError((error, context) => sendOAuthError(context, error));
  return app;
}

async function readJson(context: Context): Promise<unknown> {
  const [type = ''] = (context.req.header('content-type') ?? '').split(';');
  if (type.trim().toLowerCase() !== JSON_TYPE) {
    throw new OAuthError('invalid_client_metadata', `The Content-Type is not ${JSON_TYPE}.`);
  }
  return parseJson(await context.req.text());
}
