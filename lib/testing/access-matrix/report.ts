import { fullNameOf } from '../../audit/access-descriptions.js';
import type { Finding } from './finding.js';

/** How many problems and handlers are shown: a mistake in a global guard affects every handler. */
const MAXIMUM_SHOWN = 20;

/** The report: each problem once, with its handlers and their rules, its callers, an example and the advice. */
export function reportOf(findings: readonly Finding[], complaints: readonly string[]): string {
  const byHandler = grouped(findings, (finding) => [
    nameOf(finding),
    finding.problem,
    finding.advice,
  ]);
  const problems = grouped(byHandler, (group) => [
    group[0].problem,
    group[0].advice,
    group.map(({ caller }) => caller),
  ]);
  return [
    'toHold() found problems with the access rules:',
    ...shownOf(problems.map(paragraphOf), 'problem'),
    ...complaints,
  ].join('\n\n');
}

/** How many handlers were not tried, and the list to paste for those that are tested in another way. */
export function untriedInWords(untried: readonly Finding[], tried: number): string {
  const names = [
    ...new Set(untried.map(({ handler }) => JSON.stringify(fullNameOf(handler.description)))),
  ];
  return [
    `toHold() did not try ${names.length} of ${names.length + tried} handlers. Follow the advice above, and list in except only those that you test in another way:`,
    '',
    'except: [',
    ...names.map((name) => `  ${name},`),
    '],',
  ].join('\n');
}

/** A paragraph about handlers with the same problem and the same callers. */
function paragraphOf(handlers: NonEmpty<NonEmpty<Finding>>): string {
  const [first] = handlers;
  const [{ problem, advice, exchange, handler }] = first;
  const end = `${problem}${callersInWords(first.flatMap(({ caller }) => caller ?? []))}`;
  const rest = [...(exchange === undefined ? [] : [`  ${exchange}.`]), `  ${advice}`];
  if (handlers.length === 1) {
    return [
      `${nameOf(first[0])} ${end}`,
      `  Its rule: ${handler.description.summary}.`,
      ...rest,
    ].join('\n');
  }
  const lines = handlers.map(([one]) => `${nameOf(one)}: ${one.handler.description.summary}`);
  return [
    ...shownOf(lines, 'handler'),
    `Each of these ${handlers.length} handlers ${end}`,
    ...rest,
  ].join('\n');
}

function nameOf({ handler, name }: Finding): string {
  return fullNameOf({ ...handler.description, name });
}

/** A single caller as the end of the sentence, several callers as lines below it. */
function callersInWords(callers: readonly string[]): string {
  if (callers.length < 2) return callers.map((caller) => ` ${caller}.`).join('');
  return [':', ...callers.map((caller) => `  - ${caller}`)].join('\n');
}

/** As many texts as fit on a screen, and how many more there are. */
function shownOf(texts: readonly string[], what: string): string[] {
  const more = texts.length - MAXIMUM_SHOWN;
  const rest = more > 0 ? [`and ${more} more ${what}${more > 1 ? 's' : ''}`] : [];
  return [...texts.slice(0, MAXIMUM_SHOWN), ...rest];
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
