import { isFromOtherCopy } from '../../rules/package-copy.js';
import type { ApplicationClass } from '../application/application-classes.js';

/** Two copies of the package do not know each other's rules and decisions. */
export function findOtherCopy({ type }: ApplicationClass): string[] {
  if (!isFromOtherCopy(type)) return [];
  return [
    `${type.name}: its decorators come from a second copy of nestjs-propelauth. Install only one copy; npm ls ` +
      'nestjs-propelauth lists them.',
  ];
}
