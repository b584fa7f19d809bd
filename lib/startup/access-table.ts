import type { AccessTable } from '../options/access-table.interface.js';
import { PropelAuthConfigurationError } from '../options/configuration.error.js';
import { accessDescriptionsOf } from './access-descriptions.js';
import type { AuditedApplication } from './application/audited-application.js';
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

/** The error shows at most this many lines. */
const SHOWN_LINES = 20;

/** The names of gateway events and messages, which are all that an application without HTTP serves. */
const SERVED_WITHOUT_HTTP = /^(?:event|message) /;

/**
 * Compares the access rules of the running application with the option `accessTable`, once GraphQL schemas exist.
 *
 * @throws {PropelAuthConfigurationError} if they differ, whatever the option `startupAudit` says: an unexpected handler may be open
 */
export function assertAccessTable(app: AuditedApplication): void {
  const expected = app.options.accessTable;
  if (expected === undefined) return;
  const served = (table: AccessTable) => (app.httpAdapter ? table : servedWithoutHttp(table));
  const actual = tableOf(accessDescriptionsOf(app));
  const differences = differencesOf(served(actual), served(expected));
  if (differences.length > 0) throw new PropelAuthConfigurationError(errorOf(differences));
}

function servedWithoutHttp(table: AccessTable): AccessTable {
  const served = Object.entries(table).filter(([name]) => SERVED_WITHOUT_HTTP.test(name));
  return Object.fromEntries(served);
}

function errorOf(differences: readonly string[]): string {
  const left = differences.length - SHOWN_LINES;
  return [
    'accessTable differs from the access rules of this application (- expected, + actual). Correct the decorators and modules, or, if ' +
      'the change is meant, the table: accessTable(app) from nestjs-propelauth/testing returns the actual one.',
    ...differences.slice(0, SHOWN_LINES),
    ...(left > 0 ? [`and ${left} more`] : []),
  ].join('\n');
}
