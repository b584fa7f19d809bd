import type { CredentialRefusalReason } from './refusal-reason.js';

/** A request to a route for API keys that shows no credential which will do there. */
export class CredentialRefusal extends Error {
  override readonly name = 'CredentialRefusal';

  constructor(readonly reason: CredentialRefusalReason) {
    super(reason);
  }
}
