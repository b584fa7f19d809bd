import type { OrgSourceOption } from '../options/org-source.interface.js';
import type { TokenSource } from '../options/token-source.interface.js';
import type { OrgRequirement } from './org-requirement.js';

/**
 * Whom a route takes for its caller: a user (`required`, `optional`), a script with an API key, either of them, PropelAuth
 * itself with a signed event, or whoever comes (`public`). Where rules about different callers contradict each other it is `nobody`;
 * where the function that is called cannot be traced to a method, `untraceable`.
 */
export type CallerMode =
  | 'user'
  | 'optional'
  | 'public'
  | 'api-key'
  | 'user-or-api-key'
  | 'webhook'
  | 'nobody'
  | 'untraceable';

/**
 * Whose an API key is: a user's own, or an organization's (of one of its members, or its own).
 *
 * @publicApi
 */
export type ApiKeyKind = 'personal' | 'org';

/**
 * A proof that the user has just passed another MFA challenge, for one kind of action.
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
      /** Where this rule finds the organization; without one, where its level or one outside of it says. */
      readonly source: OrgSourceOption | undefined;
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

const ACCESS_RULES_METADATA = Symbol('nestjs-propelauth: rules of a class or function');
const METHOD_RULES_METADATA = Symbol('nestjs-propelauth: rules of a method, by its name');

/** The keys under which rules are kept. */
export const RULES_METADATA: readonly unknown[] = [ACCESS_RULES_METADATA, METHOD_RULES_METADATA];

/**
 * Adds a rule to those of a class.
 *
 * Rules of classes are kept on the prototype: a class decorator that returns a `Proxy` gives the class another identity, and the
 * prototype stays.
 */
export function recordClassRule(type: Function, rule: AccessRule): void {
  record(ACCESS_RULES_METADATA, rule, prototypeOf(type));
}

/**
 * Adds a rule to those of a method: by the name of the method, which stays when the function is replaced, and by the function,
 * which keeps the rule when it is copied into another class.
 */
export function recordMethodRule(
  owner: Function,
  name: string | symbol,
  method: Function,
  rule: AccessRule,
): void {
  record(METHOD_RULES_METADATA, rule, prototypeOf(owner), name);
  record(ACCESS_RULES_METADATA, rule, method);
}

/** The rules of a class itself, without those of its parents. */
export function readClassRules(type: Function): readonly AccessRule[] {
  return read(ACCESS_RULES_METADATA, prototypeOf(type));
}

/** The rules that were written over a method of a class, without those of the methods it overrides. */
export function readMethodRules(owner: Function, name: string | symbol): readonly AccessRule[] {
  return read(METHOD_RULES_METADATA, prototypeOf(owner), name);
}

/** The rules that a function carries. */
export function readFunctionRules(method: Function): readonly AccessRule[] {
  return read(ACCESS_RULES_METADATA, method);
}

function record(key: symbol, rule: AccessRule, target: object, name?: string | symbol): void {
  Reflect.defineMetadata(key, [...read(key, target, name), rule], target, name as string);
}

function read(key: symbol, target: object, name?: string | symbol): readonly AccessRule[] {
  return (Reflect.getOwnMetadata(key, target, name as string) as AccessRule[] | undefined) ?? [];
}

/** Static methods have no prototype: what is written over them is kept on the class itself. */
function prototypeOf(type: Function): object {
  return (type.prototype as object | undefined) ?? type;
}
