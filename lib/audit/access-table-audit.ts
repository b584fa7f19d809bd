import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { HttpAdapterHost, ModuleRef } from '@nestjs/core';
import type { AccessTable } from '../options/access-table.interface.js';
import { PropelAuthConfigurationError } from '../options/configuration.error.js';
import { ResolvedOptions } from '../options/resolved-options.js';
import { differencesOf, tableOf } from './access-table.js';
import { descriptionsIn } from './access-descriptions.js';

/** The error shows at most this many lines. */
const SHOWN_LINES = 20;

/** The names of gateway events and messages, which are all that an application without HTTP serves. */
const SERVED_WITHOUT_HTTP = /^(?:event|message) /;

/**
 * Compares the access rules of the running application with the option `accessTable`. Startup fails if they differ, whatever the option
 * `startupAudit` says: an unexpected handler may be open.
 */
@Injectable()
export class AccessTableAudit implements OnApplicationBootstrap {
  // Private fields: logging this object must not print the whole application.
  readonly #moduleRef: ModuleRef;
  readonly #adapterHost: HttpAdapterHost;

  constructor(
    moduleRef: ModuleRef,
    adapterHost: HttpAdapterHost,
    private readonly options: ResolvedOptions,
  ) {
    this.#moduleRef = moduleRef;
    this.#adapterHost = adapterHost;
  }

  /** The earliest hook at which GraphQL schemas exist. */
  onApplicationBootstrap(): void {
    const expected = this.options.accessTable;
    if (expected === undefined) return;
    const actual = tableOf(descriptionsIn(this.#moduleRef));
    const differences = differencesOf(this.servedIn(actual), this.servedIn(expected));
    if (differences.length > 0) throw new PropelAuthConfigurationError(errorOf(differences));
  }

  private servedIn(table: AccessTable): AccessTable {
    if (this.#adapterHost.httpAdapter) return table;
    const served = Object.entries(table).filter(([name]) => SERVED_WITHOUT_HTTP.test(name));
    return Object.fromEntries(served);
  }
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
