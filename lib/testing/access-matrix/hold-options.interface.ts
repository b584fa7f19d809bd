import type { Type } from '@nestjs/common';
import type { HandlerDescription } from '../../startup/handler-description.interface.js';
import type { JsonObject } from '../../values/json-object.js';

/**
 * The arguments of a call of `toHold()` that it cannot make up.
 *
 * @example
 * ```ts
 * const sent: CallArguments = { params: { id: 'invoice-1' } };
 * ```
 *
 * @publicApi
 */
export interface CallArguments {
  /** The path parameters of a route. Default: the organization if a source reads it, otherwise `to-hold`. */
  readonly params?: Readonly<Record<string, string>>;
  /** The query parameters of a route. Default: those that organization sources read. */
  readonly query?: Readonly<Record<string, string>>;
  /** Further headers of the request, such as the access token that a `tokenSource` reads. Default: none. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The body of a route. Default: the properties that organization sources read. */
  readonly body?: unknown;
  /** The arguments of a GraphQL operation. Default: the required ones, made up from their types. */
  readonly args?: Readonly<Record<string, unknown>>;
}

/**
 * What a credential of one of your own kinds of callers has to be good for; see {@link HoldOptions.credentials}.
 *
 * @example
 * ```ts
 * const tokens = new Map<string, CredentialNeeds>();
 * const serviceToken = (needs: CredentialNeeds) => {
 *   const text = crypto.randomUUID();
 *   tokens.set(text, needs); // where identify() of the kind looks it up
 *   return text;
 * };
 * ```
 *
 * @publicApi
 */
export interface CredentialNeeds {
  /** The handler that is called. */
  readonly handler: HandlerDescription;
  /** The id of the organization that the caller is in. */
  readonly orgId: string;
  /** The caller's role in the organization; `undefined` if the handler has no organization rule. */
  readonly role?: string;
  /** The roles below {@link role}, for a kind whose `memberships()` returns them. */
  readonly inheritedRoles: readonly string[];
  /** The caller's permissions in the organization, no others. */
  readonly permissions: readonly string[];
  /** The scopes of the credential, no others. */
  readonly scopes: readonly string[];
  /** What is stored with the credential. */
  readonly metadata: JsonObject;
}

/**
 * The options of `expectAccess(app).toHold()`.
 *
 * @example
 * ```ts
 * const options: HoldOptions = {
 *   except: ['GET /metrics'],
 *   argsFor: ({ name }) => (name === 'GET /invoices/:id' ? { params: { id: 'invoice-1' } } : undefined),
 * };
 * ```
 *
 * @publicApi
 */
export interface HoldOptions {
  /**
   * The names of handlers that are not called, such as `GET /metrics`: those that are open on purpose, and those that cannot be called in a
   * test. Default: none. If handlers with different rules share a name, use the class and method as well:
   * `GET /reports (ReportsController.list)`. An unknown name is reported.
   */
  readonly except?: readonly string[];
  /**
   * Returns the id of the organization of a call, for handlers whose organization your own source looks up: in a database, by the arguments
   * that {@link HoldOptions.argsFor} returns. Default: an organization that `toHold()` makes up.
   *
   * @param handler the handler
   * @returns the id; `undefined` for the default
   */
  readonly orgFor?: (handler: HandlerDescription) => string | undefined;
  /**
   * Returns the arguments of a call, for handlers that need more than `toHold()` can make up.
   *
   * @param handler the handler
   * @param call the access token of the caller, if there is one, and the id of the organization that the call has to name
   * @returns the arguments, or a promise of them; `undefined` for the default
   */
  readonly argsFor?: (
    handler: HandlerDescription,
    call: { readonly token?: string; readonly orgId: string },
  ) => CallArguments | undefined | Promise<CallArguments | undefined>;
  /**
   * Functions that return credentials of your own kinds of callers, by the name of the kind. A function is called for each caller that the
   * rule distinguishes, such as one with a scope less. Default: none; handlers that accept such a kind are reported.
   *
   * A function gets {@link CredentialNeeds} and returns the text of a valid credential, another one for other needs, or `undefined` if there
   * is none with less than the rule requires.
   */
  readonly credentials?: Readonly<
    Record<string, (needs: CredentialNeeds) => string | undefined | Promise<string | undefined>>
  >;
  /**
   * The rules of your application that are asked themselves, with {@link HoldOptions.argsFor} for what they read. Default: none. Others are
   * replaced by rules that let in, so that no database is needed, and rows are made up. Each rule is once replaced by one that denies.
   */
  readonly realRules?: readonly Type[];
}

/**
 * What `expectAccess(app).toHold()` has tried.
 *
 * @example
 * ```ts
 * const { notTried } = await expectAccess(app).toHold();
 * expect(notTried.map(({ name }) => name)).toEqual(['event list (ReportsGateway.list)']);
 * ```
 *
 * @publicApi
 */
export interface HoldResult {
  /** The names of the handlers whose callers were tried, such as `GET /orgs/:orgId (OrgsController.show)`. */
  readonly tried: readonly string[];
  /**
   * What is never tried, such as gateway events and MCP tools, and why: a passing `toHold()` says nothing about it. Handlers in
   * {@link HoldOptions.except} and exempt ones are left out.
   */
  readonly notTried: readonly { readonly name: string; readonly reason: string }[];
}
