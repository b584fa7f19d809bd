import { fullNameOf } from './excepted-handlers.js';
import type { Finding } from './verdict.js';

/** So many are shown in full; a mistake in a global guard is one for every handler. */
const MAXIMUM_PROBLEMS = 20;
const MAXIMUM_CALLERS = 10;

/** What is wrong with a handler, and of which callers. */
interface Problem extends Omit<Finding, 'caller'> {
  readonly callers: readonly string[];
}

/** What a reviewer would write: each problem of each handler with its callers, its rule and what to look at. */
export function reviewOf(findings: readonly Finding[], complaints: readonly string[]): string {
  const problems = problemsOf(findings);
  const shown = problems.slice(0, MAXIMUM_PROBLEMS);
  return [
    'toHold() found problems with the access rules:',
    ...shown.map(paragraphOf),
    ...more(problems.length - shown.length, 'problem'),
    ...complaints,
  ].join('\n\n');
}

/** In the order in which they were found. */
function problemsOf(findings: readonly Finding[]): Problem[] {
  const problems = new Map<string, Problem>();
  for (const { entryPoint, problem, caller, advice } of findings) {
    const { controller, handler } = entryPoint.handler.description;
    const key = JSON.stringify([entryPoint.name, controller, handler, problem, advice]);
    const { callers } = problems.get(key) ?? { callers: [] };
    const all = caller === undefined ? callers : [...callers, caller];
    problems.set(key, { entryPoint, problem, advice, callers: all });
  }
  return [...problems.values()];
}

function paragraphOf({ entryPoint: { name, handler }, problem, callers, advice }: Problem): string {
  const { description } = handler;
  const shown = callers.slice(0, MAXIMUM_CALLERS);
  const [only, ...others] = shown;
  const listed =
    others.length === 0
      ? [only === undefined ? '' : ` ${only}.`]
      : [':', ...shown.map((caller) => `  - ${caller}`)];
  return [
    `${fullNameOf({ ...description, name })} ${problem}${listed.join('\n')}`,
    ...more(callers.length - shown.length, 'caller').map((line) => `  - ${line}`),
    `  Its rule: ${description.summary}.`,
    `  ${advice}`,
  ].join('\n');
}

function more(count: number, what: string): string[] {
  return count > 0 ? [`and ${count} more ${what}${count > 1 ? 's' : ''}`] : [];
}
