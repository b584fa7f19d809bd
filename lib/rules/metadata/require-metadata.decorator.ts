import { checkOwnKind } from '../caller-kind-names.js';
import { metadataRule } from './metadata-rule.js';
import type { CallerKindName } from '../../types/caller.js';
import { createAccessDecorator, type AccessDecorator } from '../access.decorator.js';
import { checkDecoratorOptions } from '../decorator-options.js';
import { metadataRequirement, type ApiKeyMetadataOptions } from './metadata-option.js';
import { assertDefinedArguments } from '../../values/defined-arguments.js';

/**
 * The options of {@link RequireMetadata}.
 *
 * @publicApi
 */
export interface RequireMetadataOptions {
  /** The kind of callers whose metadata it is: one of your own. Callers of other kinds need none. */
  of: CallerKindName;
  /** The rule in words, for the table, Swagger and logs. A function needs it. Default: the object as JSON. */
  words?: string;
}

/**
 * Requires metadata of the callers of one of your own kinds, as its `metadata()` returns it. Rules of the handler, the class and its parent
 * classes add up. A caller without this metadata gets 403. For API keys, use the option `metadata` of `@RequireApiKey()`.
 *
 * @param metadata an object that the metadata has to contain, or a function that gets the metadata and returns `true` to let the caller in
 * @param options `of`: the kind, required; `words`: the rule in words, required for a function
 * @returns a decorator for controllers and their methods
 * @throws {TypeError} for metadata that is not JSON, a function that is asynchronous or without words, and a kind that is not your own
 * @example
 * ```ts
 * @Get('/reports')
 * @RequireCaller('user', 'service')
 * @RequireMetadata({ region: 'eu' }, { of: 'service' })
 * list() {}
 * ```
 *
 * @publicApi
 */
export function RequireMetadata(
  metadata: ApiKeyMetadataOptions['metadata'],
  options: RequireMetadataOptions,
): AccessDecorator {
  const decorator = '@RequireMetadata()';
  assertDefinedArguments(decorator, arguments);
  checkDecoratorOptions(decorator, options, ['of', 'words']);
  const { words } = options;
  const of = checkOwnKind(
    decorator,
    options.of,
    '; for API keys, use @RequireApiKey({ metadata }).',
  );
  const argument = metadataRequirement(decorator, { metadata, ...(words && { words }) });
  return createAccessDecorator({ type: metadataRule, argument, of, decorator });
}
