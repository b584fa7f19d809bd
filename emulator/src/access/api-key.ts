import type { Context } from 'hono';
import type { TokenIssuer } from '../issuer/token-issuer.js';
import { isSameSecret } from '../texts.js';

export const NO_API_KEY = 'The Authorization header is not "Bearer" and the API key';

/** Whether a request is one of the application, or of its tests. */
export function hasApiKey({ req }: Context, { apiKey }: TokenIssuer): boolean {
  return isSameSecret(req.header('authorization') ?? '', `Bearer ${apiKey}`);
}
