import { FAULTS } from './faults-of-transports.js';
import { MISTAKES } from './mistakes/mistakes.js';
import type { Mistake } from './mistakes/mistake.js';

/** Rows of tables in Markdown; each cell as it is written there. */
export type Rows = readonly (readonly string[])[];

/** Of each heading, its mistakes. */
export function mistakeRows(): Record<string, Rows> {
  return Object.fromEntries(
    Object.entries(MISTAKES).map(([heading, mistakes]) => [heading, mistakes.map(rowOf)]),
  );
}

/** How many faults of each kind have the same result, and who says so. */
export function faultRows(): Rows {
  return Object.entries(FAULTS).flatMap(([family, faults]) => {
    const counts = new Map<string, [Mistake, number]>();
    for (const fault of faults) {
      const key = JSON.stringify([fault.result, fault.notices]);
      counts.set(key, [fault, (counts.get(key)?.[1] ?? 0) + 1]);
    }
    return [...counts.values()].map(([fault, count]) => [
      family,
      String(count),
      ...rowOf(fault).slice(1),
    ]);
  });
}

/** The mistakes that let others in and that nothing says, and what to do about them. */
export function unnoticedRows(): Rows {
  return Object.values(MISTAKES)
    .flat()
    .filter(isUnnoticed)
    .map(({ what, advice = '' }) => [what, advice]);
}

/** Whether callers get unauthorized access, and neither startup nor `toHold()` nor `describeAccess()` says so. */
export function isUnnoticed({ result, notices }: Mistake): boolean {
  return result === 'unauthorized access' && notices.every((said) => said === '–');
}

function rowOf({ what, result, notices }: Mistake): string[] {
  return [what, result, ...notices];
}
