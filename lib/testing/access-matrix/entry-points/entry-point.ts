import type { DescribedHandler } from '../../../audit/access-descriptions.js';
import { isBuiltInSource, readsOf } from '../../../options/org-source-description.js';
import type { OrgSourceOption, OrgSourceReads } from '../../../options/org-source.interface.js';
import { isByIdSource } from '../../../organizations/org-source.factory.js';
import type { CallArguments } from '../hold-options.interface.js';
import type { ProbedCall } from '../probed-call.js';
import type { Credentials, NamedOrg, OrgsBySource } from '../test-caller.js';
import type { SentHeaders, ServerResponse } from './application-server.js';

/** What a call of a handler consists of. */
export interface CallParts {
  readonly credentials: Credentials;
  /** The cookie with the access tokens. Default: none; they are in the Authorization header. */
  readonly tokenCookie?: string | undefined;
  readonly org: NamedOrg;
  /** The organization for each source. Default: {@link org} for every source. */
  readonly orgs?: OrgsBySource | undefined;
  /** The arguments from the application, which override made-up ones. */
  readonly given: CallArguments;
}

/** One way to call one handler. */
export interface EntryPoint {
  readonly handler: DescribedHandler;
  /** The name in findings: that of the description, with a suffix if a handler has several entry points. */
  readonly name: string;
  /** @throws {CannotCall} if something is missing that only the application knows */
  call(parts: CallParts): Promise<CallResult>;
}

/** How far a call came. */
export interface CallResult {
  readonly call: ProbedCall;
  /** The request in words, such as `POST /graphql`. */
  readonly sent: string;
  /** `undefined` if there is none in time. */
  readonly response: ServerResponse | undefined;
}

/** The headers of a call: its credentials, the organization if a source reads a header, and those from the application. */
export function headersFor(handler: DescribedHandler, parts: CallParts): SentHeaders {
  const { apiKey, grants, own } = parts.credentials;
  const isBearer = own !== undefined && 'bearer' in own.place;
  return withLowerCaseNames({
    ...valuesIn('header', handler, parts),
    ...cookieHeaders(parts),
    ...bearerHeaders(isBearer ? [own.text] : bearerTokens(parts)),
    ...(apiKey !== undefined && { 'x-api-key': apiKey }),
    ...grants,
    ...definedOf(parts.given.headers),
  });
}

function bearerTokens({ credentials, tokenCookie }: CallParts): readonly string[] {
  return tokenCookie === undefined ? credentials.tokens : [];
}

function bearerHeaders(tokens: readonly string[]): SentHeaders {
  return tokens.length === 0 ? {} : { authorization: tokens.map((token) => `Bearer ${token}`) };
}

/** Cookies, as a page of the own origin sends them. */
function cookieHeaders({ credentials: { tokens, own }, tokenCookie }: CallParts): SentHeaders {
  const cookies = [
    ...(tokenCookie === undefined ? [] : tokens.map((token) => `${tokenCookie}=${token}`)),
    ...(own !== undefined && 'cookie' in own.place ? [`${own.place.cookie}=${own.text}`] : []),
  ];
  if (cookies.length === 0) return {};
  return { cookie: cookies.join('; '), 'sec-fetch-site': 'same-origin' };
}

/** Of names that differ only in case, the later one is sent. */
function withLowerCaseNames(headers: SentHeaders): SentHeaders {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
}

/** Values that the application gives, without those that are `undefined`, such as the token of a caller without one. */
export function definedOf(values: Readonly<Record<string, string>> = {}): Record<string, string> {
  const defined = Object.entries(values).filter(
    ([, value]: [string, unknown]) => value !== undefined,
  );
  return Object.fromEntries(defined);
}

/** The values in one place of a call, by name: the organization where sources read it, and the credential of an own kind. */
export function valuesIn(
  place: OrgSourceReads['from'],
  { access }: DescribedHandler,
  { org, orgs, credentials: { own } }: CallParts,
): Record<string, string> {
  const values = access.orgSources.flatMap((source, index) => {
    const named = orgs === undefined ? org : orgs[index];
    if (named === undefined) return [];
    return readsOf([source])
      .filter(({ from }) => from === place)
      .map(({ name = '' }) => [name, isByName(source) ? named.urlSafeOrgName : named.orgId]);
  });
  const ownName = (own?.place as Partial<Record<string, string>> | undefined)?.[place];
  if (own !== undefined && ownName !== undefined) values.push([ownName, own.text]);
  return Object.fromEntries(values) as Record<string, string>;
}

/** Whether a source of this package reads the name of the organization. What a source of the application reads is taken for the id. */
function isByName(source: OrgSourceOption): boolean {
  return isBuiltInSource(source) && !isByIdSource(source);
}
