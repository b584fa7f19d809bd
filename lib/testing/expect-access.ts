import type { INestApplicationContext } from '@nestjs/common';
import { describeAccess } from '../audit/describe-access.js';
import { accessInWords } from '../rules/access-in-words.js';

/**
 * The access rules of all routes, by method and path: an `AccessMode` such as `user` or `public`, and further rules such as
 * `Admin and above of the org in path orgId`.
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
 * Assertions about the access rules of an application; see {@link expectAccess}.
 *
 * @publicApi
 */
export interface AccessExpectations {
  /**
   * Expects exactly these routes, with these access rules.
   *
   * @param expected the table; {@link accessTable} returns the current one
   * @throws {Error} with a line for each difference
   * @example
   * ```ts
   * expectAccess(app).toEqual({ 'GET /': 'user', 'GET /api/health': 'public' });
   * ```
   */
  toEqual(expected: AccessTable): void;

  /**
   * Expects that every route has a guard or is `@Public()`.
   *
   * @param exceptions `except`: routes that may be open, such as `GET /metrics`; default none. A route in this list that does not
   * exist, or is not open, is an error
   * @throws {Error} with a line for each difference
   * @example
   * ```ts
   * expectAccess(app).toHaveNoOpenRoutes({ except: ['GET /metrics'] });
   * ```
   */
  toHaveNoOpenRoutes(exceptions?: { except?: readonly string[] }): void;
}

/**
 * Checks the access rules of all routes, so that a missing or changed decorator fails a test. It throws plain errors, so it works
 * with every test runner.
 *
 * @param app the initialized application (`await app.init()` or `listen()`)
 * @returns the assertions
 * @throws Nest's error for an unknown provider, if the application has no `PropelAuthModule`
 * @example
 * ```ts
 * it('has these access rules', () => {
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
      failOn(differencesOf(actual, expected), 'The access rules differ from the expected table');
    },
    toHaveNoOpenRoutes({ except = [] } = {}) {
      const open = Object.fromEntries(
        Object.entries(actual).filter(([, access]) => access.split('; ').includes('open')),
      );
      const excepted = Object.fromEntries(except.map((route) => [route, 'open']));
      failOn(
        differencesOf(open, excepted),
        'The routes without a guard differ from the expected list',
      );
    },
  };
}

/**
 * Returns the access rules of all routes, for a snapshot or as a first table for {@link expectAccess}.
 *
 * @param app the initialized application (`await app.init()` or `listen()`)
 * @returns the table, ordered by path
 * @throws Nest's error for an unknown provider, if the application has no `PropelAuthModule`
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
    // Several handlers with one path: Nest calls the first, but the order may change.
    table[name] = name in table && table[name] !== access ? `${table[name]}; ${access}` : access;
  }
  return table;
}

/** Diff lines: `-` for expected, `+` for actual. */
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
