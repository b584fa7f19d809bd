import type { AuditedMethod } from './audited-route.js';
import { findContradictions } from './contradictions.js';
import { findUntraceable } from './lost-guards.js';
import { findConflictingTokenSources } from './token-sources.js';
import { findUnguardedParameters } from './unguarded-parameters.js';

const CHECKS = [
  findContradictions,
  findConflictingTokenSources,
  findUntraceable,
  findUnguardedParameters,
];

/** The checks for every method that handles calls, of any transport. */
export function findInMethod(audited: AuditedMethod): string[] {
  return CHECKS.flatMap((check) => check(audited));
}
