import { orgPlacesOf, orgValuesIn } from '../org-places.js';
import { CannotCall, type CallParts, type Credentials } from '../entry-point.js';
import type { ServerRequest } from './application-server.js';
import { fillPattern } from './fill-pattern.js';
import type { RouteAccess } from './http-entry-points.js';

/**
 * The request for one call of a route. What the application says goes before what is made up.
 *
 * @throws {CannotCall} for a parameter, a host or a version that cannot be made up
 */
export function requestFor(route: RouteAccess, parts: CallParts): ServerRequest {
  const { description, access } = route.handler;
  const { credentials, given } = parts;
  const places = orgPlacesOf(access.orgSources, parts);
  const params = { ...orgValuesIn('path', places), ...given.params };
  const query = new URLSearchParams({ ...orgValuesIn('query', places), ...given.query });
  const path = fillPattern(description.path ?? '/', params);
  const body = bodyOf(credentials, given.body ?? nonEmpty(orgValuesIn('body', places)));
  return {
    method: route.method,
    path: query.size > 0 ? `${path}?${query}` : path,
    body,
    headers: lowerCased(
      body === undefined ? {} : { 'content-type': 'application/json' },
      route.version.headers,
      hostHeader(route, parts),
      credentialHeaders(credentials),
      orgValuesIn('header', places),
      versionHeaders(route, parts),
    ),
  };
}

function bodyOf({ webhook }: Credentials, content: unknown): string | undefined {
  if (webhook !== undefined) return webhook.body;
  if (content === undefined || typeof content === 'string') return content;
  return JSON.stringify(content);
}

function credentialHeaders({ tokens, apiKey, grants, webhook }: Credentials): Headers {
  return {
    // As many headers as there are tokens.
    ...(tokens.length > 0 && { authorization: tokens.map((token) => `Bearer ${token}`) }),
    ...(apiKey !== undefined && { 'x-api-key': apiKey }),
    ...grants,
    ...webhook?.headers,
  };
}

/** @throws {CannotCall} where only an extractor of the application knows how requests ask for the version */
function versionHeaders({ version }: RouteAccess, { given: { headers } }: CallParts): Headers {
  if (version.forExtractor === undefined || headers !== undefined) return { ...headers };
  throw new CannotCall(
    'An extractor of yours finds its version. Return headers from argsFor, with the version that it gets.',
  );
}

/** @throws {CannotCall} for a regular expression */
function hostHeader({ host }: RouteAccess, { given }: CallParts): Headers {
  if (host === undefined) return {};
  if (typeof host === 'string') return { host: fillPattern(host, given.params ?? {}, String) };
  if (given.headers?.['host'] !== undefined) return {};
  throw new CannotCall(
    `Its host has to match ${String(host)}. Return it in headers from argsFor, as host.`,
  );
}

type Headers = Readonly<Record<string, string | readonly string[]>>;

/** One object of several, of which the later ones go before. */
function lowerCased(...all: readonly Headers[]): Headers {
  const entries = all.flatMap((headers) => Object.entries(headers));
  return Object.fromEntries(entries.map(([name, value]) => [name.toLowerCase(), value]));
}

function nonEmpty(values: Record<string, string>): Record<string, string> | undefined {
  return Object.keys(values).length > 0 ? values : undefined;
}
