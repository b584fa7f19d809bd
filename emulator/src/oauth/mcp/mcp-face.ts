import { Hono } from 'hono';
import { cors } from 'hono/cors';
import { smallBody } from '../../access/small-body.js';
import type { Core } from '../../core.js';
import { introspection, type AskingApplication } from '../introspection.js';
import { mcpAuthorize } from './authorize.js';
import { mcpRegister } from './client-registration.js';
import { mcpConsent } from './consent.js';
import {
  AUTHORIZATION_PATH,
  authorizationServerMetadata,
  INTROSPECTION_PATH,
  METADATA_PATH,
  REGISTRATION_PATH,
  TOKEN_PATH,
} from './metadata.js';
import { mcpToken } from './token.js';

/** The authorization server for MCP clients. */
export function mcpFace(core: Core): Hono<{ Bindings: AskingApplication }> {
  const { issuer, recorder } = core;
  const app = new Hono<{ Bindings: AskingApplication }>();
  // Clients can run in a browser, anywhere. These endpoints take no cookies. Only servers introspect.
  const everyOrigin = cors({
    origin: '*',
    allowMethods: ['GET', 'POST'],
    exposeHeaders: ['WWW-Authenticate'],
    maxAge: 3_600,
  });
  for (const path of [METADATA_PATH, REGISTRATION_PATH, TOKEN_PATH]) app.use(path, everyOrigin);
  app.use(METADATA_PATH, recorder.canFail('mcpMetadata'));
  app.use(AUTHORIZATION_PATH, recorder.canFail('mcpAuthorize'));
  app.use(REGISTRATION_PATH, recorder.canFail('mcpRegister'));
  app.use(TOKEN_PATH, recorder.canFail('mcpToken'));
  for (const path of [REGISTRATION_PATH, TOKEN_PATH, INTROSPECTION_PATH]) app.use(path, smallBody);
  app.get(METADATA_PATH, (context) => context.json(authorizationServerMetadata(issuer.authUrl)));
  const parts = [mcpAuthorize, mcpConsent, mcpToken, mcpRegister];
  for (const part of parts) app.route('/', part(core));
  app.route('/', introspection(core));
  return app;
}
