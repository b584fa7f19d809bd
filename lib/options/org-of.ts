import type { ExecutionContext, Type } from '@nestjs/common';
import { assertDefinedArguments } from '../values/defined-arguments.js';
import { isClass } from '../values/provided-class.js';
import type { OrgReference, OrgSource } from './org-source.interface.js';
import type { ResourceLoader } from './resource-loader.interface.js';

/** The loaders whose rows say which organization a call is about, by the source. */
const loaders = new WeakMap<object, Type<ResourceLoader>>();

/** The loader of a source that {@link orgOf} has made. */
export function loaderOfSource(source: object): Type<ResourceLoader> | undefined {
  return loaders.get(source);
}

/**
 * Makes an organization source of a loader: the organization is the one that the row of the call belongs to. The rules and the handler get
 * the same row, without another query. A row that is missing and one of an organization that the caller is not in get the same code.
 *
 * @param loader the class of a loader with `orgId()`
 * @returns the source, for the option `org` of a decorator
 * @throws {TypeError} if it is not a class. Startup fails if the class is not provided, or has no `orgId()`
 * @example
 * ```ts
 * @Get('documents/:documentId')
 * @RequireOrgMember({ org: orgOf(DocumentLoader) })
 * show(@CurrentResource(DocumentLoader) document: Doc) {
 *   return document;
 * }
 * ```
 *
 * @publicApi
 */
export function orgOf(loader: Type<ResourceLoader>): OrgSource {
  assertDefinedArguments('orgOf()', arguments);
  if (!isClass(loader)) {
    throw new TypeError('orgOf() needs the class of a loader. Pass one such as DocumentLoader.');
  }
  const source = (_context: ExecutionContext): OrgReference | undefined => {
    throw new Error(
      `orgOf(${loader.name}) is for the option org of a decorator. Elsewhere, ask the loader itself.`,
    );
  };
  Object.defineProperty(source, 'name', { value: loader.name });
  loaders.set(source, loader);
  return source;
}
