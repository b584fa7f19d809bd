import type { ExecutionContext, Type } from '@nestjs/common';

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
 * What an organization source reads. OpenAPI documents, `describeAccess()`, error messages and the startup checks use it; the guard
 * does not.
 *
 * @publicApi
 */
export interface OrgSourceReads {
  /** The part of the HTTP request, of the GraphQL call (`argument`) or of the message, or the access token. */
  readonly from: 'path' | 'query' | 'header' | 'body' | 'token' | 'argument' | 'message';
  /** The name of the parameter, header, argument or property there. Only `token` has none. */
  readonly name?: string;
  /** Whether every request needs it. Default: `true`. With `false`, startup does not check that the route can have it. */
  readonly required?: boolean;
  /** Describes the value in OpenAPI documents. Default: a general sentence. */
  readonly description?: string;
}

/**
 * Where an organization rule finds the organization of a request: one explicit place, and nowhere else.
 *
 * Any function will do. It is called once per call, after the caller has been verified and before the handler, with the context of
 * the handler, and may return a promise. What it returns is only a claim by the caller and is checked against the caller's memberships.
 * Returning `undefined` rejects the request (403). An `HttpException` that it throws is the answer; prefer 403 to 404, which tells
 * everyone which ids exist. Any other error goes to Nest's exception filters.
 *
 * The property `reads` of the built-in sources (`orgFromParam()` and its siblings) says what they read. Set it on your own function, too, so
 * that OpenAPI documents have the parameter.
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
   * Says which organization a request names.
   *
   * @param context the context of the handler
   * @returns the organization, or a promise of it; `undefined` when the request names none
   */
  (context: ExecutionContext): OrgReference | undefined | Promise<OrgReference | undefined>;
  /** What the source reads. Default: unknown. */
  reads?: OrgSourceReads;
}

/**
 * An organization source that needs providers of the application, such as a repository: a class of which Nest has a singleton. Its
 * static property `reads` can say what it reads.
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
   * Says which organization a request names, as an {@link OrgSource} does.
   *
   * @param context the context of the handler
   * @returns the organization, or a promise of it; `undefined` when the request names none
   */
  orgOf(context: ExecutionContext): OrgReference | undefined | Promise<OrgReference | undefined>;
}

/**
 * What the option `org` of a decorator and the option `orgSource` of the module take: a function, or the class of a provider.
 *
 * @publicApi
 */
export type OrgSourceOption =
  OrgSource | (Type<InjectableOrgSource> & { readonly reads?: OrgSourceReads });

/** Whether a source is the class of a provider. */
export function isInjectableSource(
  source: OrgSourceOption,
): source is Exclude<OrgSourceOption, OrgSource> {
  const { prototype } = source as { prototype?: Partial<InjectableOrgSource> };
  return typeof prototype?.orgOf === 'function';
}
