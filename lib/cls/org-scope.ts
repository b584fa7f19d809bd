import type { OrgMemberInfo } from '../types/org-member-info.js';

declare const checked: unique symbol;

/** Marks the organization and its id, so that a copy with another id is not an `OrgScope`. */
interface Checked {
  readonly [checked]: true;
}

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
