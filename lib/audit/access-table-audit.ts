import { HttpAdapterHost, type ModuleRef } from '@nestjs/core';
import type { AccessTable } from '../options/access-table.interface.js';
import { PropelAuthConfigurationError } from '../options/configuration.error.js';
import { differencesOf, tableOf } from './access-table.js';
import { describeAccess } from './describe-access.js';

/** The error shows at most this many lines. */
const SHOWN_LINES = 20;

/** The names of gateway events and messages, which are all that an application without HTTP serves. */
const SERVED_WITHOUT_HTTP = /^(?:event|message) /;

/**
 * Compares the access rules of the running application with the option `accessTable`, once GraphQL schemas exist.
 *
 * @throws {PropelAuthConfigurationError} if they differ, whatever the option `startupAudit` says: an unexpected handler may be open
 */
export function assertAccessTable(providers: ModuleRef, expected: AccessTable): void {
  // An application without HTTP has null here.
  const isHttp = Boolean(providers.get(HttpAdapterHost, { strict: false }).httpAdapter);
  const served = (table: AccessTable) => (isHttp ? table : servedWithoutHttp(table));
  const actual = tableOf(describeAccess(providers));
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
