import { isObject } from '../../values/is-object.js';

/** The request of Node.js: that of Express itself, or the one inside that of Fastify. */
export function nodeRequestOf(request: object): object {
  const raw: unknown = 'raw' in request ? request.raw : undefined;
  return isObject(raw) && 'headers' in raw ? raw : request;
}
