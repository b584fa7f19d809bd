import { fullNameOf, type DescribedHandler } from '../../startup/access-descriptions.js';
import type { HandlerDescription } from '../../startup/handler-description.interface.js';
import type { Finding } from './finding.js';

/** How many problems and handlers are shown: a mistake in a global guard affects every handler. */
const MAXIMUM_SHOWN = 20;

/** Each problem once, with its handlers and their rules, its callers, an example and the advice; `undefined` without problems. */
export function reportOf(
  findings: readonly Finding[],
  called: number,
  complaints: readonly string[],
): string | undefined {
  if (findings.length + complaints.length === 0) return undefined;
  const byHandler = grouped(findings, (one) => [nameOf(one), one.problem, one.advice]);
  const problems = grouped(byHandler, (group) => [problemInWords(group), group[0].advice]);
  const untried = findings.filter(({ isUntried }) => isUntried === true).map(nameOf);
  return [
    'toHold() found problems with the access rules:',
    ...shownOf(problems.map(paragraphOf), 'problem'),
    ...complaints,
    ...(untried.length > 0 ? [untriedInWords([...new Set(untried)], called)] : []),
  ].join('\n\n');
}

/** How many handlers were not tried, and the list to paste for those that are tested in another way. */
function untriedInWords(names: readonly string[], called: number): string {
  return [
    `toHold() did not try ${names.length} of ${called} handlers. Follow the advice above, and list in except only those that you test in another way:`,
    '',
    'except: [',
    ...names.map((name) => `  ${JSON.stringify(name)},`),
    '],',
  ].join('\n');
}

/** A paragraph about handlers with the same problem and the same callers. */
function paragraphOf(handlers: NonEmpty<NonEmpty<Finding>>): string {
  const [first] = handlers;
  const [{ advice, exchange, handler }] = first;
  const end = problemInWords(first);
  const lines = handlers.map(([one]) => `${nameOf(one)}: ${one.handler.description.summary}`);
  const heading =
    handlers.length === 1
      ? [`${nameOf(first[0])} ${end}`, `  Its rule: ${handler.description.summary}.`]
      : [...shownOf(lines, 'handler'), `Each of these ${handlers.length} handlers ${end}`];
  const example = exchange === undefined ? [] : [`  ${exchange}.`];
  return [...heading, ...example, `  ${advice}`].join('\n');
}

function nameOf({ handler }: Finding): string {
  return fullNameOf(handler.description);
}

/** A problem with its callers: a single one as the end of the sentence, several as lines below it. */
function problemInWords(findings: NonEmpty<Finding>): string {
  const [{ problem }] = findings;
  const callers = [...new Set(findings.flatMap(({ caller }) => caller ?? []))];
  if (callers.length < 2) return [problem, ...callers.map((caller) => ` ${caller}.`)].join('');
  return [`${problem}:`, ...callers.map((caller) => `  - ${caller}`)].join('\n');
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

/** Whether `except` lists a handler, by name alone, or with class and method, as findings show it. */
export function isExcepted(handler: HandlerDescription, except: readonly string[]): boolean {
  return except.includes(handler.name) || except.includes(fullNameOf(handler));
}

/** The complaints about names in `except` that match no handler, or several: one of them may be open by mistake. */
export function complaintsAboutExcept(
  except: readonly string[],
  described: readonly DescribedHandler[],
): string[] {
  const handlers = described.map(({ description }) => description);
  return except.flatMap((name) => {
    const named = new Set(handlers.filter((one) => isExcepted(one, [name])).map(fullNameOf));
    if (named.size === 1) return [];
    const advice =
      named.size === 0
        ? `no handler has this name. Remove it, or correct it. Names look like "GET /orgs/:orgId", "Query.reports", "event reports".`
        : `several handlers have this name. List the ones you mean: ${[...named].map((one) => JSON.stringify(one)).join(', ')}.`;
    return `except lists ${JSON.stringify(name)}, but ${advice}`;
  });
}
