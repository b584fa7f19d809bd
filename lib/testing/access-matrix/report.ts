import { fullNameOf } from '../../audit/access-descriptions.js';
import type { Finding } from './finding.js';

/** How many problems, handlers and callers are shown: a mistake in a global guard affects every handler. */
const MAXIMUM_SHOWN = 20;
const MAXIMUM_CALLERS = 10;

/** The report: each problem once, with its handlers and their rules, its callers, an example and the advice. */
export function reportOf(findings: readonly Finding[], complaints: readonly string[]): string {
  const byHandler = grouped(findings, ({ name, handler, problem, advice }) => [
    fullNameOf({ ...handler.description, name }),
    problem,
    advice,
  ]);
  const problems = grouped(byHandler, (group) => [
    group[0].problem,
    group[0].advice,
    group.map(({ caller }) => caller),
  ]);
  return [
    'toHold() found problems with the access rules:',
    ...problems.slice(0, MAXIMUM_SHOWN).map(paragraphOf),
    ...more(problems.length - MAXIMUM_SHOWN, 'problem'),
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
  const example = exchange === undefined ? [] : [`  ${exchange}.`];
  const names = handlers.map(([one]) => fullNameOf({ ...one.handler.description, name: one.name }));
  if (handlers.length === 1) {
    const rule = `  Its rule: ${handler.description.summary}.`;
    return [`${names[0]} ${end}`, rule, ...example, `  ${advice}`].join('\n');
  }
  const lines = handlers.map(
    ([one], index) => `${names[index]}: ${one.handler.description.summary}`,
  );
  return [
    ...lines.slice(0, MAXIMUM_SHOWN),
    ...more(lines.length - MAXIMUM_SHOWN, 'handler'),
    `Each of these ${handlers.length} handlers ${end}`,
    ...example,
    `  ${advice}`,
  ].join('\n');
}

/** A single caller as the end of the sentence, several callers as lines below it. */
function callersInWords(callers: readonly string[]): string {
  if (callers.length < 2) return callers.map((caller) => ` ${caller}.`).join('');
  const shown = callers.slice(0, MAXIMUM_CALLERS);
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
