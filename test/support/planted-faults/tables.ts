import { FAULTS } from './faults-of-transports.js';
import { MISTAKES } from './mistakes/mistakes.js';
import type { Mistake, Result } from './mistakes/mistake.js';

/** Rows of tables in Markdown; each cell as it is written there. */
export type Rows = readonly (readonly string[])[];

/** Of each heading of the page, the mistakes below it: those with the same result. */
export function mistakeRows(): Record<string, Rows> {
  return {
    'Unauthorized access': rowsOf('unauthorized access', noticedBy),
    'All calls are rejected': rowsOf('all rejected', noticedBy),
    'The application does not start': rowsOf('does not start', saidByStartup),
    'Guarded anyway': rowsOf('guarded', saidByStartup),
  };
}

/** How many faults of each kind are guarded anyway, fail startup, and have all calls rejected. */
export function faultRows(): Rows {
  return Object.entries(FAULTS).map(([family, faults]) => {
    const counts = [isGuarded, failsStartup, isRejected].map((is) => faults.filter(is).length);
    return [family, ...counts.map((count) => (count === 0 ? NOTHING : String(count)))];
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

const NOTHING = '–';

/** The mistakes with a result. SECURITY.md lists those that are not noticed. */
function rowsOf(result: Result, said: (mistake: Mistake) => readonly string[]): Rows {
  const mistakes = Object.values(MISTAKES).flat();
  return mistakes
    .filter((one) => one.result === result && !isUnnoticed(one))
    .map((one) => [one.what, ...said(one)]);
}

/** The page has one sign for what is not noticed and for what need not be. */
function noticedBy({ notices }: Mistake): readonly string[] {
  return notices.map((said) => (said === 'guarded' ? NOTHING : said));
}

function saidByStartup(mistake: Mistake): readonly string[] {
  return noticedBy(mistake).slice(0, 1);
}

function failsStartup({ notices: [startup] }: Mistake): boolean {
  return startup === 'fails';
}

function isGuarded(fault: Mistake): boolean {
  return fault.result === 'guarded' && !failsStartup(fault);
}

function isRejected({ result }: Mistake): boolean {
  return result === 'all rejected';
}
