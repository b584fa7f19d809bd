import type { CanActivate, Type } from '@nestjs/common';
import type { OrgSourceOption } from '../options/org-source.interface.js';
import type { TokenSource } from '../options/token-source.interface.js';
import type { Callers } from './callers.js';
import type { MetadataRequirement } from './metadata-requirement.js';
import type { OrgRequirement } from './org-requirement.js';

/**
 * A proof that the user has just passed an MFA challenge for one action.
 */
export interface StepUpRequirement {
  /** The kind of action. */
  readonly actionType: string;
  /** The name of the header that brings the grant, in lower case. */
  readonly grantHeader: string;
}

/** A rule that a decorator adds to a class or method. */
export type AccessRule = (
  | {
      readonly kind: 'caller';
      readonly callers: Callers;
      /** Set if calls of the handlers may name organizations that no rule checks. */
      readonly uncheckedOrg?: true;
      /** The guard of the application that protects a handler for everyone; absent if none has to. */
      readonly guardedBy?: Type<CanActivate>;
      readonly decorator: string;
    }
  | {
      readonly kind: 'org';
      readonly requirement: OrgRequirement;
      /** Where this rule finds the organization; `undefined` if its level or an outer one says it. */
      readonly source: OrgSourceOption | undefined;
      /** Set if calls of the handlers may also name another organization, in a place that no rule reads. */
      readonly uncheckedOrg?: true;
      readonly decorator: string;
    }
  | { readonly kind: 'impersonation'; readonly decorator: string }
  | {
      readonly kind: 'scope';
      /** The scopes that the caller's credential needs, all of them. */
      readonly scopes: readonly string[];
      /** The only kind of callers that needs them; `undefined` if all do. */
      readonly of?: string | undefined;
      readonly decorator: string;
    }
  | {
      readonly kind: 'metadata';
      readonly requirement: MetadataRequirement;
      readonly decorator: string;
    }
  | {
      readonly kind: 'step-up';
      readonly requirement: StepUpRequirement;
      readonly decorator: string;
    }
) & {
  /** Where the token is; `undefined` if another rule or the transport says it. */
  readonly tokenSource?: TokenSource | undefined;
};

export type CallerRule = Extract<AccessRule, { kind: 'caller' }>;
export type OrgRule = Extract<AccessRule, { kind: 'org' }>;
export type ScopeRule = Extract<AccessRule, { kind: 'scope' }>;
export type StepUpRule = Extract<AccessRule, { kind: 'step-up' }>;
/** A rule that rejects some of the accepted callers. Such rules add up. */
export type DenyingRule = Exclude<AccessRule, CallerRule>;

export const isCallerRule = isOfKind('caller');
export const isOrgRule = isOfKind('org');
export const isScopeRule = isOfKind('scope');
export const isMetadataRule = isOfKind('metadata');
export const isStepUpRule = isOfKind('step-up');

function isOfKind<Kind extends AccessRule['kind']>(kind: Kind) {
  return (rule: AccessRule): rule is Extract<AccessRule, { kind: Kind }> => rule.kind === kind;
}

export function isDenyingRule(rule: AccessRule): rule is DenyingRule {
  return rule.kind !== 'caller';
}

/** The only kind of callers that a rule is about; `undefined` if it is about all. */
export function kindUnder(rule: AccessRule): string | undefined {
  if (isScopeRule(rule)) return rule.of;
  return isMetadataRule(rule) ? rule.requirement.of : undefined;
}
