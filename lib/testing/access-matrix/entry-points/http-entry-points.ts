import { CannotCall } from '../finding.js';
import type { ApplicationServer } from './application-server.js';
import {
  headersFor,
  valuesIn,
  withQuery,
  type CallParts,
  type EntryPoint,
  type ServerRequest,
} from './entry-point.js';

/** The method for a route of all methods: the one that other routes have least. */
const ANY_METHOD = 'PATCH';

/** The value of an unknown parameter. No route has it as a fixed part of its path; pipes do not see it. */
const ANY_VALUE = 'to-hold';
/** The value of an unknown wildcard. It has many segments, so that no other route has as many. */
const ANY_SEGMENTS = Array.from({ length: 5 }, () => ANY_VALUE).join('/');

/** What a path has beside parameters, wildcards and optional parts, such as a regular expression of Fastify. */
const OTHER_PATTERN = /[()[\]?+"\\]|::/;

/** The entry point of routes: each handler is described once for each of its paths. */
export function routeEntryPoint(server: ApplicationServer): EntryPoint {
  return {
    serves: ({ type }) => type === 'http',
    call: (parts) => server.call(parts, () => requestFor(parts)),
  };
}

function requestFor(parts: CallParts): ServerRequest {
  const { method = 'GET', path = '/' } = parts.handler.description;
  const { credentials, given } = parts;
  const params = { ...valuesIn('path', parts), ...credentials.params, ...given.params };
  const made = valuesIn('body', parts);
  const content = given.body ?? (Object.keys(made).length > 0 ? made : undefined);
  const body = typeof content === 'string' ? content : JSON.stringify(content);
  return {
    method: method === 'ALL' ? ANY_METHOD : method,
    path: withQuery(pathFor(path, params), parts),
    body,
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headersFor(parts),
    },
  };
}

/**
 * A path with the values of its parameters, and with all of its optional parts.
 *
 * @throws {CannotCall} for other patterns
 */
function pathFor(path: string, params: Readonly<Record<string, string>>): string {
  if (OTHER_PATTERN.test(path)) {
    throw new CannotCall(
      'Its path has more than parameters, wildcards and optional parts, so toHold() cannot fill it in. Test it elsewhere.',
    );
  }
  return path
    .replaceAll(/[{}]/g, '')
    .replaceAll(/\*([\w$]*)/g, (_all, name: string) =>
      (params[name] ?? ANY_SEGMENTS).split('/').map(encodeURIComponent).join('/'),
    )
    .replaceAll(/:([\w$]+)/g, (_all, name: string) =>
      encodeURIComponent(params[name] ?? ANY_VALUE),
    );
}
