import { Hono } from 'hono';
import type { Core } from '../../core.js';
import { ssrAuthorize } from './authorize.js';
import { ssrToken } from './token.js';

/** Signs users in to front ends with a server, such as Next.js, which authenticates with the API key. */
export function ssrFace(core: Core): Hono {
  const app = new Hono();
  for (const part of [ssrAuthorize, ssrToken]) app.route('/', part(core));
  return app;
}
