import type { INestApplicationContext } from '@nestjs/common';
import { checkAccessMatrix } from './access-matrix/access-matrix.js';
import type { HoldOptions, HoldResult } from './access-matrix/hold-options.interface.js';
import { differencesOf, tableOf } from '../startup/access-table.js';
import { describeAccess } from '../startup/access-descriptions.js';
import type { AccessTable } from '../options/access-table.interface.js';

/**
 * The assertions of {@link expectAccess}.
 *
 * @publicApi
 */
export interface AccessExpectations {
  /**
   * Expects exactly these handlers, each with exactly this access.
   *
   * @param expected the table; {@link accessTable} prints the current one
   * @throws {Error} with a line for each difference
   * @example
   * ```ts
   * expectAccess(app).toEqual({ 'GET /': 'user', 'GET /api/health': 'public', 'Query.me': 'user' });
   * ```
   */
  toEqual(expected: AccessTable): void;

  /**
   * Expects that every route, GraphQL operation, gateway event and message has a rule, is `@Public()`, or is exempt from
   * `requireUserByDefault`.
   *
   * @param exceptions `except`: the names of handlers that may be open, such as `GET /metrics`. Default: none. A name without an open
   * handler counts as a difference
   * @throws {Error} with a line for each difference
   * @example
   * ```ts
   * expectAccess(app).toHaveNoOpenHandlers({ except: ['GET /metrics', 'Query.version'] });
   * ```
   */
  toHaveNoOpenHandlers(exceptions?: { except?: readonly string[] }): void;

  /**
   * Calls HTTP routes, GraphQL queries and mutations with real requests, as every kind of caller that their rules distinguish, and expects
   * the guard to allow exactly the callers in `describeAccess()`. Handlers do not run: a call ends as soon as the guard has allowed it.
   * Middleware and guards in front do run. MCP tools, events, messages, subscriptions and fields are in the result as not tried: test them
   * with a client.
   *
   * Always await it: otherwise, `app.close()` makes the test fail.
   *
   * @param options handlers to exclude, and what cannot be made up; see {@link HoldOptions}. Default: none
   * @returns a promise of the handlers that were tried, and of those that were not, with the reason; see {@link HoldResult}
   * @throws {Error} with a paragraph for each problem, also for handlers that it could not try; if there is no handler to try; without
   * {@link overridePropelAuth}, before `app.init()`, and under `NODE_ENV=production`
   * @example
   * ```ts
   * await expectAccess(app).toHold({ except: ['GET /metrics'] });
   * ```
   */
  toHold(options?: HoldOptions): Promise<HoldResult>;
}

/**
 * Pins who may call which handler: a test fails if an access decorator is forgotten, lost or changed. It covers HTTP routes, GraphQL
 * operations and fields with a rule, gateway events and messages. It throws plain errors and works in every test runner.
 *
 * @param app the application, initialized with `await app.init()` or `listen()`
 * @returns the assertions
 * @throws Nest's error for an unknown provider, if the application has no `PropelAuthModule`
 * @example
 * ```ts
 * it('has the access rules we agreed on', () => {
 *   expectAccess(app).toEqual({
 *     'GET /': 'user',
 *     'POST /orgs/:orgId/members': 'Admin and above of the org in path orgId',
 *     'Query.reports': 'members of the org in argument orgId',
 *   });
 * });
 * ```
 *
 * @publicApi
 */
export function expectAccess(app: INestApplicationContext): AccessExpectations {
  const handlers = describeAccess(app);
  return {
    toEqual(expected) {
      failOn(
        differencesOf(tableOf(handlers), expected),
        'The access rules differ from the expected table',
      );
    },
    toHaveNoOpenHandlers({ except = [] } = {}) {
      const open = tableOf(handlers.filter(({ access }) => access === 'open'));
      const excepted = Object.fromEntries(except.map((name) => [name, 'open']));
      failOn(differencesOf(open, excepted), 'The open handlers differ from the expected list');
    },
    toHold: (options) => checkAccessMatrix(app, options),
  };
}

/**
 * Returns a table of who may call which handler, for a snapshot or as a first table for {@link expectAccess}.
 *
 * @param app the application, initialized with `await app.init()` or `listen()`
 * @returns the table, in the order of `describeAccess()`. Different rules of handlers with the same name are joined by `; `
 * @throws Nest's error for an unknown provider, if the application has no `PropelAuthModule`
 * @example
 * ```ts
 * console.log(accessTable(app));
 * ```
 *
 * @publicApi
 */
export function accessTable(app: INestApplicationContext): AccessTable {
  return tableOf(describeAccess(app));
}

function failOn(differences: readonly string[], message: string): void {
  if (differences.length === 0) return;
  throw new Error([`${message} (- expected, + actual):`, '', ...differences, ''].join('\n'));
}
