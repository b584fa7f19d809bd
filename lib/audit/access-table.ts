import type { AccessTable } from '../options/access-table.interface.js';
import type { HandlerDescription } from './handler-description.interface.js';

/** The summaries of the handlers by name. If handlers of one name have different rules, all of them are joined by `; `. */
export function tableOf(handlers: readonly HandlerDescription[]): AccessTable {
  const table = new Map<string, string[]>();
  for (const { name, summary } of handlers) {
    table.set(name, [...(table.get(name) ?? []), summary]);
  }
  return Object.fromEntries([...table].map(([name, all]) => [name, inOneLine(all)]));
}

/** Each rule is there as often as handlers have it, so that a change from one to the other shows. */
function inOneLine(summaries: readonly string[]): string {
  return (new Set(summaries).size > 1 ? summaries : summaries.slice(0, 1)).join('; ');
}

/** The lines of a diff: `-` is expected but missing, `+` is present but not expected. */
export function differencesOf(actual: AccessTable, expected: AccessTable): string[] {
  const names = [...new Set([...Object.keys(expected), ...Object.keys(actual)])].toSorted();
  return names
    .filter((name) => expected[name] !== actual[name])
    .flatMap((name) => [
      ...(expected[name] === undefined ? [] : [`- ${name}: ${expected[name]}`]),
      ...(actual[name] === undefined ? [] : [`+ ${name}: ${actual[name]}`]),
    ]);
}
