import type { OrgMemberInfo } from '../types/org-member-info.js';

/**
 * Marks the organization and its id, so that a copy with another id is not an `OrgScope`. Applications that return an organization write
 * the mark into their declarations, so it is neither an interface nor a symbol, which would have to be exported. No value has this property.
 */
type Checked = { readonly 'checked by a rule': true };

/**
 * The organization that a call may act in. Only {@link CallerContext.requireOrg} returns it, so a repository that takes an `OrgScope`
 * cannot be given an id from elsewhere in the request. It is only a type: at run time it is the {@link OrgMemberInfo}.
 *
 * @example
 * ```ts
 * @Injectable()
 * class InvoicesRepository {
 *   constructor(private readonly reports: Reports) {}
 *
 *   list(org: OrgScope) {
 *     return this.reports.findByOrg(org.orgId);
 *   }
 * }
 * ```
 *
 * @publicApi
 */
export type OrgScope = OrgMemberInfo & Checked & { readonly orgId: string & Checked };
