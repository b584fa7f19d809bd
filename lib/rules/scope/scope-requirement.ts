import { isAnyOf, type AnyOf } from '../required-names.js';
import type { ScopeHierarchy } from './scope-hierarchy.js';

/** A scope that credentials need, or scopes of which one is enough. */
export type ScopeRequirement = string | AnyOf<string>;

/** Whether credentials with some scopes meet all requirements. */
export function meetsScopes(
  scopes: readonly string[],
  requirements: readonly ScopeRequirement[],
  hierarchy: ScopeHierarchy | undefined,
): boolean {
  return requirements.every((one) =>
    scopesIn([one]).some((needed) => {
      const broader = hierarchy?.broaderThan(needed);
      return scopes.some((scope) => scope === needed || broader?.has(scope));
    }),
  );
}

/** All scopes that requirements name. */
export function scopesIn(requirements: readonly ScopeRequirement[]): readonly string[] {
  return requirements.flatMap((one) => (isAnyOf(one) ? one.anyOf : one));
}

/** The scopes that a client has to ask for. Of alternatives, the first is enough, and none if others meet them. */
export function scopesToRequest(
  requirements: readonly ScopeRequirement[],
  hierarchy: ScopeHierarchy,
): readonly string[] {
  const scopes = scopesIn(requirements.filter((one) => !isAnyOf(one)));
  const added = requirements
    .filter((one) => !meetsScopes(scopes, [one], hierarchy))
    .map((one) => scopesIn([one])[0] as string);
  return [...new Set([...scopes, ...added])];
}
