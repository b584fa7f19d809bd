import type { AccessTable } from '../options/access-table.interface.js';
import type { HandlerDescription } from './describe-access.js';

/** The summaries of the handlers by name. Different rules of handlers with the same name are joined by `; `. */
export function tableOf(handlers: readonly HandlerDescription[]): AccessTable {
  const table = new Map<string, Set<string>>();
  for (const { name, summary } of handlers) {
    table.set(name, (table.get(name) ?? new Set()).add(summary));
  }
  return Object.fromEntries(
    [...table].map(([name, summaries]) => [name, [...summaries].join('; ')]),
  );
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
