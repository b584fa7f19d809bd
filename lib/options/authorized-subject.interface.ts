import type { Type } from '@nestjs/common';
import type { Caller } from '../types/caller.js';
import { assertDefinedArguments } from '../values/defined-arguments.js';
import { isClass } from '../values/provided-class.js';
import type { ResourceLoader } from './resource-loader.interface.js';

/**
 * A row that code has at hand, with its loader. {@link resource} makes it.
 *
 * @publicApi
 */
export interface GivenResource {
  /** The class of the loader, whose `orgId()` says which organization the row belongs to. */
  readonly loader: Type<ResourceLoader>;
  /** The row. */
  readonly row: object;
}

/**
 * Whom and what `authorize()` and `allows()` of `PropelAuthService` are about.
 *
 * @publicApi
 */
export interface AuthorizedSubject {
  /** A caller that `@CurrentCaller()`, `getCurrentCaller()`, `identify()` or `authenticate()` has returned; `null` for nobody. Copies do not count. */
  readonly caller: Caller | null;
  /** The organization that organization rules check, whatever their sources are. Default: none; then there may be no such rule. */
  readonly orgId?: string | undefined;
  /**
   * The rows that rules load. Default: none. Rows of organizations need an organization rule, such as `RequireOrgMember()`, and have to belong to
   * its organization: 404 otherwise.
   */
  readonly resources?: readonly GivenResource[];
}

/**
 * A row for `authorize()` and `allows()`, which rules get from `call.load(Loader)` without another query.
 *
 * @param loader the class of the loader
 * @param row the row
 * @returns the row with its loader
 * @throws {TypeError} if the loader is not a class, or the row not an object
 * @example
 * ```ts
 * const given = resource(DocumentLoader, { id: '7', orgId });
 * ```
 *
 * @publicApi
 */
export function resource<Row extends object>(
  loader: Type<ResourceLoader<Row>>,
  row: Row,
): GivenResource {
  assertDefinedArguments('resource()', arguments);
  if (!isClass(loader) || typeof row !== 'object' || (row as unknown) === null) {
    throw new TypeError(
      'resource() needs the class of a loader and a row, such as (DocumentLoader, document).',
    );
  }
  return Object.freeze({ loader, row });
}
