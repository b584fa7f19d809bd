import { createParamDecorator, type ExecutionContext, type Type } from '@nestjs/common';
import { noteCallerParameter } from '../../callers/caller-parameter.decorator.js';
import { findOwnCaller } from '../../decision/kept-decisions.js';
import type { ResourceLoader } from '../../options/resource-loader.interface.js';
import { assertDefinedArguments } from '../../values/defined-arguments.js';
import { methodNameOf } from '../../values/method-name.js';
import { isClass } from '../../values/provided-class.js';
import { registerCallerParameter } from '../caller-parameters.js';
import { isEveryone } from '../callers.js';
import { checkDecoratorOptions } from '../decorator-options.js';
import type { OwnLoader } from './own-loader.js';
import { resourceRule, type ResourceArgument } from './resource-rule.js';

const DECORATOR = '@CurrentResource()';

/**
 * The options of {@link CurrentResource}.
 *
 * @publicApi
 */
export interface CurrentResourceOptions {
  /** Whether the handler also accepts calls without such a row, and gets `null` for them. Default: `false`, which rejects them with 404. */
  optional?: boolean;
}

function resourceOf({ loader }: ResourceArgument, context: ExecutionContext): object | null {
  const row = findOwnCaller(context)?.rows?.get(loader);
  if (row !== undefined) return row;
  throw new Error(
    `${context.getClass().name}.${methodNameOf(context.getHandler())} has ${DECORATOR}, but PropelAuthGuard has loaded no row. In tests, ` +
      'use overridePropelAuth() instead of overriding the guard.',
  );
}
registerCallerParameter(resourceOf, {
  name: DECORATOR,
  emptyOn: ({ callers }) =>
    isEveryone(callers)
      ? 'never has a value under @Public(), whose rules load no rows. Use @OptionalUser() instead of @Public().'
      : undefined,
  ruleOf: (argument) => ({ type: resourceRule, argument, decorator: DECORATOR }),
});
const resourceParameter = createParamDecorator(resourceOf, [noteCallerParameter]);

/**
 * Injects the row that a call is about, as a {@link ResourceLoader} has loaded it for rules, organization source and handler: one query for
 * all of them. A call without such a row is rejected with 404 (`not_found`), after all other rules have passed.
 *
 * @param loader the class of the loader
 * @param options {@link CurrentResourceOptions}: `optional` (default: `false`)
 * @returns a parameter decorator
 * @throws {TypeError} for an unknown option, and if the loader is not a class
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
export function CurrentResource(
  loader: Type<ResourceLoader>,
  options: CurrentResourceOptions = {},
): ParameterDecorator {
  assertDefinedArguments(DECORATOR, arguments);
  if (!isClass(loader)) {
    throw new TypeError(
      `${DECORATOR} needs the class of a loader. Pass one such as DocumentLoader.`,
    );
  }
  checkDecoratorOptions(DECORATOR, options, ['optional']);
  return resourceParameter({
    loader: loader as Type<OwnLoader>,
    isOptional: options.optional === true,
  } satisfies ResourceArgument);
}
