import type { RequestOptions } from 'node:http';
import { isBuiltInSource, readsOf } from '../../../options/org-source-description.js';
import type { OrgSourceReads } from '../../../options/org-source.interface.js';
import { orgRule } from '../../../rules/org/org-rule.js';
import { combinedOf } from '../../../rules/policy.js';
import { isByIdSource } from '../../../rules/org/sources/org-source.factory.js';
import type { DescribedHandler } from '../../../startup/access-descriptions.js';
import type { CallArguments } from '../hold-options.interface.js';
import type { ProbedCall } from '../access-probe.js';
import { cookieHeaders, type NamedOrg, type TestCaller } from '../test-caller.js';
import type { TriedHandler } from '../tried-branches.js';

/** What a call of a handler consists of. */
export interface CallParts extends TestCaller {
  readonly handler: TriedHandler;
  /** The cookie with the access tokens. Default: none; they are in the Authorization header. */
  readonly tokenCookie?: string | undefined;
  /** The organization that the call names. */
  readonly org: NamedOrg;
  /** The arguments from the application, which override made-up ones. */
  readonly given: CallArguments;
}

/** One way to call handlers. */
export interface EntryPoint {
  /** Whether it leads to a handler. */
  readonly serves: (handler: DescribedHandler) => boolean;
  /** @throws {CannotCall} if something is missing that only the application knows */
  readonly call: (parts: CallParts) => Promise<CallResult>;
  /** Whether clients can call the handlers here in ways that are not tried. */
  readonly hasOtherWays?: boolean;
}

export interface ServerRequest extends Pick<RequestOptions, 'method' | 'path'> {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** How far a call came. */
export interface CallResult {
  readonly call: ProbedCall;
  /** The status of the response; `undefined` if the connection was closed. */
  readonly status: number | undefined;
  readonly body: string;
}

/** A path with the query parameters that sources and own kinds read, and those from the application. */
export function withQuery(path: string, parts: CallParts): string {
  const { credentials, given } = parts;
  const values = { ...valuesIn('query', parts), ...credentials.query, ...given.query };
  const query = new URLSearchParams(values);
  return query.size > 0 ? `${path}?${query.toString()}` : path;
}

/**
 * The headers of a call: its credentials, the organization if a source reads a header, and those from the application. Of names that differ
 * only in case, Node.js sends the last.
 */
export function headersFor(parts: CallParts): Record<string, string> {
  const { credentials, tokenCookie, given } = parts;
  const { token, headers } = credentials;
  const [host] = Object.entries(valuesIn('host', parts));
  const tokenHeaders = (text: string) =>
    tokenCookie ? cookieHeaders(tokenCookie, text) : { authorization: `Bearer ${text}` };
  return {
    ...valuesIn('header', parts),
    ...(host && { host: host[0].replace('{org}', host[1]) }),
    ...(token !== undefined && tokenHeaders(token)),
    ...headers,
    ...given.headers,
  };
}

/** The organization where sources read it in one place of a call, by name. */
export function valuesIn(
  place: OrgSourceReads['from'],
  { handler, org }: CallParts,
): Record<string, string> {
  const { sources = [] } = combinedOf(handler.access, orgRule) ?? {};
  const values = sources.flatMap((source) => {
    // What a source of the application reads is taken for the id.
    const isByName = isBuiltInSource(source) && !isByIdSource(source);
    return readsOf([source])
      .filter(({ from }) => from === place)
      .map(({ name = '' }) => [name, isByName ? org.urlSafeOrgName : org.orgId]);
  });
  return Object.fromEntries(values) as Record<string, string>;
}
