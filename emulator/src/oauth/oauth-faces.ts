import { Hono } from 'hono';
import type { Core } from '../core.js';
import type { AskingApplication } from './introspection.js';
import { mcpFace } from './mcp/mcp-face.js';
import { signInFace } from './sign-in/sign-in-face.js';
import { ssrAuthorize } from './ssr/authorize.js';
import { ssrToken } from './ssr/token.js';

/** The OAuth endpoints: for clients, for servers of front ends, and for MCP clients. */
export function oauthFaces(core: Core): Hono<{ Bindings: AskingApplication }> {
  const app = new Hono<{ Bindings: AskingApplication }>();
  app.route('/', signInFace(core));
  app.route('/', ssrAuthorize(core));
  app.route('/', ssrToken(core));
  app.route('/', mcpFace(core));
  return app;
}
