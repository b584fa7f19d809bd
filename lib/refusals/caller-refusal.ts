import type { CallerRefusalReason } from './refusal-reason.js';

/** A verified user who may not do this, whatever the organization. */
export class CallerRefusal extends Error {
  override readonly name = 'CallerRefusal';

  constructor(readonly reason: CallerRefusalReason) {
    super(reason);
  }
}
