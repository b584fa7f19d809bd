import type { OrgSource } from '../options/org-source.interface.js';
import type { TokenSource } from '../options/token-source.interface.js';
import type { OrgRequirement } from './org-requirement.js';

/**
 * Whom a route takes for its caller: a user (`required`, `optional`), a script with an API key, either of them, PropelAuth
 * itself with a signed event, or whoever comes (`public`). Where rules about different callers contradict each other it is `nobody`.
 */
export type CallerMode =
  'required' | 'optional' | 'public' | 'api-key' | 'user-or-api-key' | 'webhook' | 'nobody';

/**
 * Whose an API key is: a user's own, or an organization's (of one of its members, or its own).
 *
 * @publicApi
 */
export type ApiKeyKind = 'personal' | 'org';

/**
 * A proof that the user has just passed another MFA challenge, for one kind of action.
 *
 * @publicApi
 */
export interface StepUpRequirement {
  /** The kind of action. */
  readonly actionType: string;
  /** The name of the header that brings the grant, in lower case. */
  readonly grantHeader: string;
}

/** One decorator's word on who may call. */
export type AccessRule = (
  | {
      readonly kind: 'caller';
      readonly mode: CallerMode;
      /** Which API keys will do; `undefined` means either kind. */
      readonly apiKeyKind?: ApiKeyKind | undefined;
      readonly decorator: string;
    }
  | {
      readonly kind: 'org';
      readonly requirement: OrgRequirement;
      /** Where this rule finds the organization; without one, where the nearest level says. */
      readonly source: OrgSource | undefined;
      readonly decorator: string;
    }
  | { readonly kind: 'impersonation'; readonly decorator: string }
  | {
      readonly kind: 'step-up';
      readonly requirement: StepUpRequirement;
      readonly decorator: string;
    }
) & {
  /** Where the token is; without one, where the nearest level or the transport says. */
  readonly tokenSource?: TokenSource | undefined;
};

export type CallerRule = Extract<AccessRule, { kind: 'caller' }>;
export type OrgRule = Extract<AccessRule, { kind: 'org' }>;
export type StepUpRule = Extract<AccessRule, { kind: 'step-up' }>;
/** A rule that refuses some of the callers whom the mode lets in. Such rules add up. */
export type DenyingRule = Exclude<AccessRule, CallerRule>;

// Strings, so that a second copy of the package in the same process reads the same rules.
const ACCESS_RULES_METADATA = 'propelauth:access-rules';
const METHOD_RULES_METADATA = 'propelauth:method-rules';

/** Adds a rule to those of a handler or class itself. */
export function recordAccessRule(target: Function, rule: AccessRule): void {
  const rules = [...readAccessRules(target), rule];
  Reflect.defineMetadata(ACCESS_RULES_METADATA, rules, target);
}

/** The rules of a handler or class itself, without those of its parents. */
export function readAccessRules(target: Function): readonly AccessRule[] {
  return (Reflect.getOwnMetadata(ACCESS_RULES_METADATA, target) as AccessRule[] | undefined) ?? [];
}

/** Notes on the class that a rule was written over one of its methods, whatever becomes of the function. */
export function recordMethodRule(owner: Function, name: string | symbol, rule: AccessRule): void {
  const rules = [...readMethodRules(owner, name), rule];
  Reflect.defineMetadata(METHOD_RULES_METADATA, rules, owner, name);
}

/** The rules that were written over a method of this class, without those of its parents. */
export function readMethodRules(owner: Function, name: string | symbol): readonly AccessRule[] {
  return (
    (Reflect.getOwnMetadata(METHOD_RULES_METADATA, owner, name) as AccessRule[] | undefined) ?? []
  );
}
