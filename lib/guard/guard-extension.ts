import type { Decision } from '../decision/decision.js';
import type { RejectionReason } from '../rejections/rejection-table.js';
import type { Policy } from '../rules/policy.js';

/** A security scheme in an OpenAPI document. */
export interface SecuritySchemeDescription {
  readonly type: 'http';
  readonly scheme: 'bearer';
  readonly description: string;
}

/** A port of the guard. A plugin fills it if its calls depend on more than the rules of their handler. */
export abstract class GuardExtension {
  /** The rules of a call that are known before its caller is identified. */
  abstract policyBefore(policy: Policy, decision: Decision): Policy;

  /**
   * Called before the caller is identified.
   *
   * @throws the rejection of a call that no caller may make
   */
  abstract assertAcceptable(policy: Policy, decision: Decision): void;

  /**
   * Prepares a call that is let in for its handler.
   *
   * @throws the rejection of a call that cannot be prepared
   */
  abstract prepare(decision: Decision): void;

  /** The `WWW-Authenticate` header of rejected calls under these rules; `undefined` for the usual one. */
  abstract challengeFor(
    policy: Pick<Policy, 'callers' | 'checks'>,
  ): ((reason: RejectionReason) => string | undefined) | undefined;

  /**
   * The OpenAPI security schemes of the plugin's callers, by name.
   *
   * @param authUrl the origin of the PropelAuth project
   */
  abstract describeSchemes(authUrl: string): Record<string, SecuritySchemeDescription>;
}
