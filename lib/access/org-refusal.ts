import type { OrgRefusalReason } from './refusal-reason.js';

/** A verified caller who may not do this in the organization. */
export class OrgRefusal extends Error {
  override readonly name = 'OrgRefusal';

  constructor(readonly reason: OrgRefusalReason) {
    super(reason);
  }
}
