import type { ExecutionContext } from '@nestjs/common';

/**
 * Which organization a request is about: by id, by URL-safe name, or by both, which then have to be the same one.
 *
 * @publicApi
 */
export interface OrgReference {
  /** The id of the organization. */
  readonly orgId?: string;
  /** The URL-safe name of the organization, compared exactly. */
  readonly orgName?: string;
}

/**
 * Where an organization rule finds the organization of a request: one explicit place, and nowhere else.
 *
 * Any function will do. It is called after the caller has been verified and before the handler, with the context of the
 * handler; what it returns is only a claim by the caller and is checked against the caller's memberships. Returning
 * `undefined` refuses the request (403). An error that it throws goes to Nest's exception filters.
 *
 * The built-in sources (`orgFromParam()` and its siblings) also say where they look, so that other parts of the package
 * can tell: `from` is the place and `name` the name of the value there.
 *
 * @example
 * ```ts
 * const orgFromSubdomain: OrgSource = (context) => {
 *   const { hostname } = context.switchToHttp().getRequest<{ hostname: string }>();
 *   return { orgName: hostname.split('.')[0] };
 * };
 * ```
 *
 * @publicApi
 */
export interface OrgSource {
  /**
   * Says which organization a request names.
   *
   * @param context the context of the handler
   * @returns the organization; `undefined` when the request names none
   */
  (context: ExecutionContext): OrgReference | undefined;
  /** The part of the request, of the GraphQL call (`argument`) or of the message that a built-in source looks at. */
  readonly from?: 'path' | 'query' | 'header' | 'body' | 'token' | 'argument' | 'message';
  /** The name of the parameter, header, property or argument that a built-in source reads. */
  readonly name?: string;
}
