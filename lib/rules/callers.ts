/**
 * Who may call a handler, before its further rules: everyone, callers of some kinds, or nobody, because rules contradict each other or the
 * function that is called cannot be traced to a method.
 */
export type Callers =
  | { readonly everyone: true }
  | { readonly rejects: 'contradiction' | 'untraceable' }
  | {
      /** The kinds by name, with what the rule says about each. Empty only if callers without a credential are accepted, and nobody is identified. */
      readonly kinds: ReadonlyMap<string, unknown>;
      /** Whether callers without a valid credential are accepted as well. */
      readonly optional: boolean;
    };

type CallersOfKinds = Extract<Callers, { kinds: unknown }>;

export const EVERYONE: Callers = Object.freeze({ everyone: true });
export const CONTRADICTION: Callers = Object.freeze({ rejects: 'contradiction' });
export const UNTRACEABLE: Callers = Object.freeze({ rejects: 'untraceable' });

/** Callers of these kinds, with what the rule says about each. */
export function callersOfKinds(kinds: Readonly<Record<string, unknown>>): CallersOfKinds {
  return { kinds: new Map(Object.entries(kinds)), optional: false };
}

/** Callers of these kinds, and unauthenticated ones. */
export function optionalCallersOfKinds(kinds: readonly string[]): CallersOfKinds {
  return { kinds: new Map(kinds.map((kind) => [kind, undefined])), optional: true };
}

/** The kind of the callers that rules imply where they name no other. */
export const DEFAULT_KIND = 'user';

export const USER: CallersOfKinds = callersOfKinds({ [DEFAULT_KIND]: undefined });
export const OPTIONAL_USER: CallersOfKinds = { ...USER, optional: true };
export const MCP_CLIENT: CallersOfKinds = callersOfKinds({ mcp: undefined });

const NO_KINDS: ReadonlyMap<string, unknown> = new Map();

/** The kinds of callers that are accepted; none for everyone and for nobody. */
export function kindsOf(callers: Callers): ReadonlyMap<string, unknown> {
  return 'kinds' in callers ? callers.kinds : NO_KINDS;
}

export function isEveryone(callers: Callers): boolean {
  return 'everyone' in callers;
}

export function isOptional(callers: Callers): boolean {
  return 'kinds' in callers && callers.optional;
}

export function isContradiction(callers: Callers): boolean {
  return 'rejects' in callers && callers.rejects === 'contradiction';
}

export function isUntraceable(callers: Callers): boolean {
  return 'rejects' in callers && callers.rejects === 'untraceable';
}

/** Whether a kind is accepted, and no other. */
export function acceptsOnly(callers: Callers, kind: string): boolean {
  const kinds = kindsOf(callers);
  return kinds.size === 1 && kinds.has(kind);
}
