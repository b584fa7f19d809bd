import { isFromOtherCopy } from '../../rules/package-copy.js';
import type { AuditedClass } from './unenforced-rules.js';

/** Of two copies, neither knows the rules and the decisions of the other. */
export function findOtherCopy({ type }: AuditedClass): string[] {
  if (!isFromOtherCopy(type)) return [];
  return [
    `${type.name}: its decorators come from a second copy of nestjs-propelauth. Install only one copy; npm ls ` +
      'nestjs-propelauth lists them.',
  ];
}
