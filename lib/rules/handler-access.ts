import { isEveryone, isOptional, kindsOf, type Callers } from './callers.js';
import type { Policy } from './policy.js';
import type { KindFacts } from './rule.js';
import type { KindLookUp } from './verdicts.js';

/** Who may call a handler, as the guard decides it: for descriptions of the application. */
export interface HandlerAccess extends Pick<Policy, 'checks' | 'decorator' | 'uncheckedOrg'> {
  readonly access: AccessMode;
  /** The accepted kinds of callers, by name. */
  readonly kinds: ReadonlyMap<string, AcceptedKind>;
  /** The modules or classes in `except` that exempt the handler. */
  readonly exemptedBy?: string;
}

/** A kind of callers that a handler accepts. */
interface AcceptedKind {
  /** The only callers of the kind that are accepted, such as keys of organizations; `any` for all. */
  readonly only: string;
  /** Such callers in words: `organization API key`. */
  readonly words: string;
  /** The kind itself; `undefined` if the application does not have it. */
  readonly facts: KindFacts | undefined;
}

/**
 * Whom a handler asks for a credential, before its further rules. `required`: each caller, of one of the accepted kinds; `optional`: nobody,
 * and whoever brings a valid one is identified; `public`: nobody, under `@Public()`; `open`: nobody, because no guard of this package
 * protects it; `exempt`: the same, because the option `except` exempts its class; `nobody`: every caller is rejected, because the rules
 * contradict each other, which is possible with `startupAudit: 'warn'`.
 *
 * @publicApi
 */
export type AccessMode = 'open' | 'exempt' | 'public' | 'optional' | 'required' | 'nobody';

/** The callers of a handler, as descriptions name them. */
export function accessModeOf(callers: Callers): AccessMode {
  if (isEveryone(callers)) return 'public';
  if ('rejects' in callers) return 'nobody';
  return isOptional(callers) ? 'optional' : 'required';
}

/** Whether a handler asks nothing of its callers. */
export function isForEveryone(access: AccessMode): boolean {
  return isUndecided(access) || access === 'public';
}

/** Whether the guard of this package makes no decision about the calls of a handler. */
export function isUndecided(access: AccessMode): boolean {
  return access === 'open' || access === 'exempt';
}

/** The access to a handler that no guard of this package protects. */
export const OPEN_ACCESS: HandlerAccess = { access: 'open', kinds: new Map(), checks: [] };

/** The access to a handler that the guard protects by these rules. */
export function handlerAccessOf(policy: Policy, kinds: KindLookUp): HandlerAccess {
  const { callers, checks, decorator, exemptedBy, uncheckedOrg } = policy;
  if (exemptedBy !== undefined) return { ...OPEN_ACCESS, access: 'exempt', exemptedBy };
  if (isEveryone(callers)) return { ...OPEN_ACCESS, access: 'public' };
  return {
    access: accessModeOf(callers),
    kinds: new Map([...kindsOf(callers)].map((kind) => [kind[0], acceptedKind(kind, kinds)])),
    checks,
    ...(decorator && { decorator }),
    ...(uncheckedOrg && { uncheckedOrg }),
  };
}

function acceptedKind([name, only]: [string, unknown], kinds: KindLookUp): AcceptedKind {
  const facts = kinds(name);
  const words = facts?.inWords?.(only) ?? name.replaceAll('-', ' ');
  return { only: (only as string | undefined) ?? 'any', words, facts };
}
