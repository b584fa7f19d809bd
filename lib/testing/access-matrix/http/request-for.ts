import { orgPlacesOf, orgValuesIn } from '../org-places.js';
import { credentialHeaders, mergedHeaders, type SentHeaders } from '../sent-headers.js';
import { CannotCall, type CallParts, type Credentials } from '../entry-point.js';
import type { ServerRequest } from './application-server.js';
import { fillPattern } from './fill-pattern.js';
import type { RouteTarget } from './route-target.js';

/**
 * The request for one call of a route. Values from the application override made-up ones.
 *
 * @throws {CannotCall} if a parameter, a host or a version cannot be made up
 */
export function requestFor(route: RouteTarget, parts: CallParts): ServerRequest {
  const { description, access } = route.handler;
  const { credentials, given } = parts;
  const places = orgPlacesOf(access.orgSources, parts);
  const params = { ...orgValuesIn('path', places), ...given.params };
  const query = new URLSearchParams({ ...orgValuesIn('query', places), ...given.query });
  const path = fillPattern(description.path ?? '/', params);
  const body = bodyOf(credentials, given.body ?? nonEmpty(orgValuesIn('body', places)));
  return {
    method: route.method,
    path: query.size > 0 ? `${path}?${query.toString()}` : path,
    body,
    headers: mergedHeaders(
      body === undefined ? {} : { 'content-type': 'application/json' },
      route.version.headers,
      hostHeader(route, parts),
      credentialHeaders(credentials),
      { ...credentials.webhook?.headers },
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

/** @throws {CannotCall} if only the application's extractor knows how requests name the version */
function versionHeaders({ version }: RouteTarget, { given: { headers } }: CallParts): SentHeaders {
  if (version.forExtractor === undefined || headers !== undefined) return { ...headers };
  throw new CannotCall(
    'Your own extractor finds its version. Return headers from argsFor that select the version.',
  );
}

/** @throws {CannotCall} if the host is a regular expression */
function hostHeader({ host }: RouteTarget, { given }: CallParts): SentHeaders {
  if (host === undefined) return {};
  if (typeof host === 'string') return { host: fillPattern(host, given.params ?? {}, String) };
  if (given.headers?.['host'] !== undefined) return {};
  throw new CannotCall(
    `Its host has to match ${String(host)}. Return it in headers from argsFor, as host.`,
  );
}

function nonEmpty(values: Record<string, string>): Record<string, string> | undefined {
  return Object.keys(values).length > 0 ? values : undefined;
}
