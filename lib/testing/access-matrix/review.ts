import { fullNameOf } from './excepted-handlers.js';
import type { Finding } from './verdict.js';

/** How many problems are shown in full. */
const MAXIMUM_PROBLEMS = 20;
/** Limited, because a mistake in a global guard affects every handler. */
const MAXIMUM_HANDLERS = 20;
const MAXIMUM_CALLERS = 10;

/** A problem of one handler, with all callers that show it. */
interface HandlerProblem extends Omit<Finding, 'caller'> {
  readonly callers: readonly string[];
}

/** A problem of several handlers with the same callers. */
interface Problem extends Omit<HandlerProblem, 'entryPoint'> {
  readonly entryPoints: NonEmpty<Finding['entryPoint']>;
}

/** The report: each problem once, with its handlers and their rules, its callers and the advice. */
export function reviewOf(findings: readonly Finding[], complaints: readonly string[]): string {
  const problems = problemsOf(handlerProblemsOf(findings));
  const shown = problems.slice(0, MAXIMUM_PROBLEMS);
  return [
    'toHold() found problems with the access rules:',
    ...shown.map(paragraphOf),
    ...more(problems.length - shown.length, 'problem'),
    ...complaints,
  ].join('\n\n');
}

/** Groups findings by handler, in the order in which they were found. */
function handlerProblemsOf(findings: readonly Finding[]): HandlerProblem[] {
  const groups = grouped(findings, ({ entryPoint, problem, advice }) => {
    const { controller, handler } = entryPoint.handler.description;
    return [entryPoint.name, controller, handler, problem, advice];
  });
  return groups.map(([first, ...others]) => ({
    ...first,
    callers: [first, ...others].flatMap(({ caller }) => caller ?? []),
  }));
}

/** Groups problems by text, in the order in which they were first found. */
function problemsOf(handlerProblems: readonly HandlerProblem[]): Problem[] {
  const groups = grouped(handlerProblems, ({ problem, callers, advice }) => [
    problem,
    callers,
    advice,
  ]);
  return groups.map(([first, ...others]) => ({
    ...first,
    entryPoints: [first.entryPoint, ...others.map(({ entryPoint }) => entryPoint)],
  }));
}

function paragraphOf({ entryPoints, problem, callers, advice }: Problem): string {
  const [first, ...others] = entryPoints;
  if (others.length > 0) {
    return [
      ...handlerLines(entryPoints),
      `Each of these ${entryPoints.length} handlers ${problem}${callersInWords(callers)}`,
      `  ${advice}`,
    ].join('\n');
  }
  return [
    `${nameOf(first)} ${problem}${callersInWords(callers)}`,
    `  Its rule: ${first.handler.description.summary}.`,
    `  ${advice}`,
  ].join('\n');
}

/** Lists each handler with a summary of its rule. */
function handlerLines(entryPoints: readonly Finding['entryPoint'][]): string[] {
  const shown = entryPoints.slice(0, MAXIMUM_HANDLERS);
  return [
    ...shown.map((one) => `${nameOf(one)}: ${one.handler.description.summary}`),
    ...more(entryPoints.length - shown.length, 'handler'),
  ];
}

function nameOf({ name, handler }: Finding['entryPoint']): string {
  return fullNameOf({ ...handler.description, name });
}

/** A single caller as the end of the sentence, several callers as lines below it. */
function callersInWords(callers: readonly string[]): string {
  const shown = callers.slice(0, MAXIMUM_CALLERS);
  if (callers.length < 2) return shown.map((caller) => ` ${caller}.`).join('');
  const rest = more(callers.length - shown.length, 'caller');
  return [':', ...[...shown, ...rest].map((line) => `  - ${line}`)].join('\n');
}

function more(count: number, what: string): string[] {
  return count > 0 ? [`and ${count} more ${what}${count > 1 ? 's' : ''}`] : [];
}

type NonEmpty<Item> = [Item, ...Item[]];

function grouped<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => readonly unknown[],
): NonEmpty<Item>[] {
  const groups = new Map<string, NonEmpty<Item>>();
  for (const item of items) {
    const key = JSON.stringify(keyOf(item));
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return [...groups.values()];
}
