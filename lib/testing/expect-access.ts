import type { INestApplicationContext } from '@nestjs/common';
import { describeAccess } from '../audit/describe-access.js';
import { accessInWords } from '../rules/access-in-words.js';

/**
 * Who may call which route: words by method and path. The words are those of `AccessMode`, such as `user` and `public`, and
 * the further rules, such as `Admin and above of the org in path orgId`.
 *
 * @example
 * ```ts
 * const access: AccessTable = {
 *   'GET /': 'user',
 *   'GET /api/health': 'public',
 *   'GET /api/org/:orgId/billing': 'members with can_view_billing of the org in path orgId',
 * };
 * ```
 *
 * @publicApi
 */
export type AccessTable = Readonly<Record<string, string>>;

/**
 * What can be expected of the access to an application; see {@link expectAccess}.
 *
 * @publicApi
 */
export interface AccessExpectations {
  /**
   * Expects that there are these routes and no others, and that each may be called by whom the table says.
   *
   * @param expected the table; {@link accessTable} prints the present one
   * @throws {Error} with a line for each difference
   * @example
   * ```ts
   * expectAccess(app).toEqual({ 'GET /': 'user', 'GET /api/health': 'public' });
   * ```
   */
  toEqual(expected: AccessTable): void;

  /**
   * Expects that no route goes without a word: each is guarded, or is `@Public()`.
   *
   * @param exceptions `except`: routes that may go without, such as `GET /metrics`; default none. One that is not there, or
   * not open, is a difference too
   * @throws {Error} with a line for each difference
   * @example
   * ```ts
   * expectAccess(app).toHaveNoOpenRoutes({ except: ['GET /metrics'] });
   * ```
   */
  toHaveNoOpenRoutes(exceptions?: { except?: readonly string[] }): void;
}

/**
 * Pins who may call which route, so that a decorator that is forgotten, lost or changed fails a test. It throws plain errors, so
 * it works in every test runner.
 *
 * @param app the application, initialized (`await app.init()` or `listen()`)
 * @returns what can be expected
 * @throws the error of Nest for an unknown provider, when the application has no `PropelAuthModule`
 * @example
 * ```ts
 * it('lets in whom it should', () => {
 *   expectAccess(app).toEqual({
 *     'GET /': 'user',
 *     'POST /orgs/:orgId/members': 'Admin and above of the org in path orgId',
 *   });
 * });
 * ```
 *
 * @publicApi
 */
export function expectAccess(app: INestApplicationContext): AccessExpectations {
  const actual = accessTable(app);
  return {
    toEqual(expected) {
      failOn(differencesOf(actual, expected), 'Who may call which route is not as expected');
    },
    toHaveNoOpenRoutes({ except = [] } = {}) {
      const open = Object.fromEntries(
        Object.entries(actual).filter(([, access]) => access.split('; ').includes('open')),
      );
      const excepted = Object.fromEntries(except.map((route) => [route, 'open']));
      failOn(differencesOf(open, excepted), 'The routes that no guard is on are not as expected');
    },
  };
}

/**
 * Who may call which route, for a snapshot or to begin a table for {@link expectAccess} with.
 *
 * @param app the application, initialized (`await app.init()` or `listen()`)
 * @returns the table, in the order of the paths
 * @throws the error of Nest for an unknown provider, when the application has no `PropelAuthModule`
 * @example
 * ```ts
 * console.log(accessTable(app));
 * ```
 *
 * @publicApi
 */
export function accessTable(app: INestApplicationContext): AccessTable {
  const table: Record<string, string> = {};
  for (const route of describeAccess(app)) {
    const name = `${route.method} ${route.path}`;
    const access = accessInWords(route);
    // Two handlers at one path: Nest calls the first one, but which that is may change.
    table[name] = name in table && table[name] !== access ? `${table[name]}; ${access}` : access;
  }
  return table;
}

/** Lines in the manner of a diff: `-` is expected and not so, `+` is so and not expected. */
function differencesOf(actual: AccessTable, expected: AccessTable): string[] {
  const routes = [...new Set([...Object.keys(expected), ...Object.keys(actual)])].toSorted();
  return routes
    .filter((route) => expected[route] !== actual[route])
    .flatMap((route) => [
      ...(expected[route] === undefined ? [] : [`- ${route}: ${expected[route]}`]),
      ...(actual[route] === undefined ? [] : [`+ ${route}: ${actual[route]}`]),
    ]);
}

function failOn(differences: readonly string[], message: string): void {
  if (differences.length === 0) return;
  throw new Error([`${message} (- expected, + actual):`, '', ...differences, ''].join('\n'));
}
