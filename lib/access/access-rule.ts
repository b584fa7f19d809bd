import type { OrgSource } from '../options/org-source.interface.js';
import type { TokenSource } from '../options/token-source.interface.js';
import type { OrgRequirement } from './org-requirement.js';

/** Whether a route wants to know its caller. */
export type UserMode = 'required' | 'optional' | 'public';

/** One decorator's word on who may call. */
export type AccessRule = (
  | { readonly kind: 'user'; readonly mode: UserMode; readonly decorator: string }
  | {
      readonly kind: 'org';
      readonly requirement: OrgRequirement;
      /** Where this rule finds the organization; without one, where the nearest level says. */
      readonly source: OrgSource | undefined;
      readonly decorator: string;
    }
) & {
  /** Where the token is; without one, where the nearest level or the transport says. */
  readonly tokenSource?: TokenSource | undefined;
};

export type UserRule = Extract<AccessRule, { kind: 'user' }>;
export type OrgRule = Extract<AccessRule, { kind: 'org' }>;

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
