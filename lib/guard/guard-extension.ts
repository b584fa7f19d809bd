import type { Decision } from '../decision/decision.js';
import type { RejectionReason } from '../rejections/rejection-table.js';
import type { Policy } from '../rules/policy.js';

/** A security scheme in an OpenAPI document. */
export interface SecuritySchemeDescription {
  readonly type: 'http';
  readonly scheme: 'bearer';
  readonly description: string;
}

/** A port of the guard, which a plugin fills whose calls depend on more than the rules of their handler. */
export abstract class GuardExtension {
  /** Prepares the classes of the application, before Nest and other libraries read them. */
  abstract prepareHandlers(): void;

  /** The rules of a call, as far as they are known before its caller is. */
  abstract policyBefore(policy: Policy, decision: Decision): Policy;

  /**
   * Called before the caller is identified.
   *
   * @throws what rejects the call, whoever calls
   */
  abstract assertAcceptable(policy: Policy, decision: Decision): void;

  /** The rules of a call, once its caller is identified. */
  abstract policyAfter(policy: Policy, decision: Decision): Policy;

  /**
   * Prepares a call that is let in for its handler.
   *
   * @returns a promise where something has to be waited for
   * @throws what rejects the call, because it cannot be prepared
   */
  abstract prepare(decision: Decision): Promise<void> | undefined;

  /** The `WWW-Authenticate` header of rejected calls under these rules; `undefined` for the usual one. */
  abstract challengeFor(
    policy: Pick<Policy, 'callers' | 'scopes'>,
  ): ((reason: RejectionReason) => string | undefined) | undefined;

  /**
   * The OpenAPI security schemes of its callers, by name.
   *
   * @param authUrl the origin of the PropelAuth project
   */
  abstract describeSchemes(authUrl: string): Record<string, SecuritySchemeDescription>;
}
