import type { ExecutionContext, Type } from '@nestjs/common';

/**
 * The organization that a request names: by id, by URL-safe name, or by both, which then have to match.
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
 * Describes what an organization source reads. OpenAPI documents, `describeAccess()`, error messages and the startup checks use it; the
 * guard does not.
 *
 * @publicApi
 */
export interface OrgSourceReads {
  /** Where the value is: a part of the HTTP request, the GraphQL call (`argument`), the message, or the access token. */
  readonly from: 'path' | 'query' | 'header' | 'host' | 'body' | 'token' | 'argument' | 'message';
  /** The name of the parameter, header, argument or property; the pattern of the host. Only `token` has no name. */
  readonly name?: string;
  /** Whether every request needs the value. Default: `true`. With `false`, startup does not check that the route can have it. */
  readonly required?: boolean;
  /** The description of the value in OpenAPI documents. Default: a general one. */
  readonly description?: string;
}

/**
 * Finds the organization of a request for an organization rule, in one explicit place.
 *
 * Any function with this signature is a source. It is called once per call with the context of the handler, after the caller has been
 * verified and before the handler runs, and may return a promise. Its result is only a claim of the caller, which is checked against the
 * caller's memberships. If it returns `undefined`, the request gets 403. If it throws an `HttpException`, the client gets that response;
 * prefer 403 to 404, which reveals which ids exist. Any other error goes to Nest's exception filters.
 *
 * The property `reads` of the built-in sources (`orgFromParam()` and others) describes what they read. Set it on your own function, too, so
 * that OpenAPI documents include the parameter.
 *
 * @example
 * ```ts
 * const orgFromTenant: OrgSource = (context) => {
 *   const { query } = context.switchToHttp().getRequest<{ query: { tenant?: unknown } }>();
 *   return typeof query.tenant === 'string' ? { orgName: query.tenant.toLowerCase() } : undefined;
 * };
 * orgFromTenant.reads = { from: 'query', name: 'tenant', description: 'The name of the tenant.' };
 * ```
 *
 * @publicApi
 */
export interface OrgSource {
  /**
   * Returns the organization that a request names.
   *
   * @param context the context of the handler
   * @returns the organization, or a promise of it; `undefined` if the request names none
   */
  (context: ExecutionContext): OrgReference | undefined | Promise<OrgReference | undefined>;
  /** Describes what the source reads. Default: unknown. */
  reads?: OrgSourceReads;
}

/**
 * An organization source with injected dependencies, such as a repository: a class that is a singleton provider. Its static property
 * `reads` can describe what it reads.
 *
 * @example
 * ```ts
 * @Injectable()
 * class InvoiceOrgSource implements InjectableOrgSource {
 *   static readonly reads: OrgSourceReads = { from: 'path', name: 'id' };
 *
 *   constructor(private readonly reports: Reports) {}
 *
 *   async orgOf(context: ExecutionContext) {
 *     const { params } = context.switchToHttp().getRequest<{ params: { id: string } }>();
 *     const [report] = await this.reports.findByOrg(params.id);
 *     return report && { orgId: String(report) };
 *   }
 * }
 *
 * class Invoices {
 *   @Get('/invoices/:id')
 *   @RequireOrgMember({ org: InvoiceOrgSource })
 *   show(@CurrentOrg() org: OrgMemberInfo) {}
 * }
 * ```
 *
 * @publicApi
 */
export interface InjectableOrgSource {
  /**
   * Returns the organization that a request names, like an {@link OrgSource}.
   *
   * @param context the context of the handler
   * @returns the organization, or a promise of it; `undefined` if the request names none
   */
  orgOf(context: ExecutionContext): OrgReference | undefined | Promise<OrgReference | undefined>;
}

/**
 * The type of the option `org` of a decorator and of the option `orgSource` of the module: a function, or the class of a provider.
 *
 * @publicApi
 */
export type OrgSourceOption =
  | OrgSource
  | (Type<InjectableOrgSource> & { readonly reads?: OrgSourceReads });

/** Whether a source is the class of a provider. */
export function isInjectableSource(
  source: OrgSourceOption,
): source is Exclude<OrgSourceOption, OrgSource> {
  const { prototype } = source as { prototype?: Partial<InjectableOrgSource> };
  return typeof prototype?.orgOf === 'function';
}
