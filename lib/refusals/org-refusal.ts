import type { OrgRefusalReason } from './refusal-reason.js';

/** A verified caller who may not do this in the organization. */
export class OrgRefusal extends Error {
  override readonly name = 'OrgRefusal';

  /** @param orgId the organization, where the caller is a member of it */
  constructor(
    readonly reason: OrgRefusalReason,
    readonly orgId?: string,
  ) {
    super(reason);
  }
}
