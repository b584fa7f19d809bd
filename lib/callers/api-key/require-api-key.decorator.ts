import { applyDecorators } from '@nestjs/common';
import { uncheckedOrgRule, type UncheckedOrgOption } from '../../rules/unchecked-org-option.js';
import { createAccessDecorator, type AccessDecorator } from '../../rules/access.decorator.js';
import type { ApiKeyKind } from '../../types/api-key.js';
import { checkDecoratorOptions } from '../../rules/decorator-options.js';
import {
  metadataRequirement,
  type ApiKeyMetadataOptions,
} from '../../rules/metadata/metadata-option.js';
import { metadataRule } from '../../rules/metadata/metadata-rule.js';
import { callersOfKinds, type Callers } from '../../rules/callers.js';
import { assertDefinedArguments } from '../../values/defined-arguments.js';

/**
 * Requires an end-user API key in `X-API-Key` or `Authorization: Bearer`, and no second credential. Returns 401 without a key, for an
 * unknown key and for a key of another kind; 403 for a key without the required metadata; 429 while PropelAuth rate limits the key; 503 while
 * PropelAuth is unavailable.
 *
 * Organization rules apply to keys, too. A member's key has the member's role and permissions in the organization of the key. An
 * organization's own key passes `@RequireOrgMember()` only. Personal and generic keys belong to no organization.
 *
 * @param options `kind`: the kind of keys that is accepted. Default: all; `metadata`: what the metadata of the key has to say, with `words`
 * for descriptions. Default: anything; `uncheckedOrg`: whether calls may name any organization. Default: `false`
 * @returns a decorator for controllers and their methods
 * @throws {TypeError} for an unknown option or kind, metadata that is not JSON, and a function for it that is asynchronous or without words
 * @see PropelAuth, "API Key Authentication"
 * @example
 * ```ts
 * @Get('/orgs/:orgId/export')
 * @RequireApiKey({ kind: 'org' })
 * @RequirePermission('can_export')
 * export(@CurrentOrg() org: OrgMemberInfo) {
 *   return this.reports.exportAll(org.orgId);
 * }
 * ```
 *
 * The metadata of keys, such as scopes:
 *
 * ```ts
 * @Get('/reports')
 * @RequireApiKey({ metadata: { scopes: ['reports:read'] } })
 * list() {}
 * ```
 *
 * @publicApi
 */
export function RequireApiKey(options: RequireApiKeyOptions = {}): AccessDecorator {
  const decorator = '@RequireApiKey()';
  assertDefinedArguments(decorator, arguments);
  return requireApiKey(decorator, options, (kind) => callersOfKinds({ 'api-key': kind }));
}

/**
 * The options of {@link RequireApiKey} and {@link RequireUserOrApiKey}.
 *
 * @publicApi
 */
export interface RequireApiKeyOptions extends UncheckedOrgOption, ApiKeyMetadataOptions {
  /**
   * The only kind of keys that is accepted: a user's own (`personal`), an organization's (`org`), one without an owner (`generic`), or one
   * that was imported into PropelAuth (`imported`, which needs `apiKeys: { imported: true }`). Default: all, imported ones only with that
   * option.
   */
  kind?: ApiKeyKind;
}

const KINDS: readonly ApiKeyKind[] = ['personal', 'org', 'generic', 'imported'];

/**
 * Makes a decorator that accepts API keys: the rule about the caller, and the one about the metadata of keys.
 *
 * @param callersWith the callers that the decorator accepts, with keys of this kind
 * @throws {TypeError} for an unknown or invalid option
 */
export function requireApiKey(
  decorator: string,
  options: RequireApiKeyOptions,
  callersWith: (kind: ApiKeyKind | undefined) => Callers,
): AccessDecorator {
  const callers = callersWith(checkOptions(decorator, options));
  const unchecked = uncheckedOrgRule(decorator, options);
  const caller = createAccessDecorator({ callers, decorator, ...unchecked });
  // Metadata that is undefined by mistake must not accept every key.
  if (!('metadata' in options || 'words' in options)) return caller;
  const metadata = createAccessDecorator({
    type: metadataRule,
    argument: metadataRequirement(decorator, options),
    of: 'api-key',
    decorator: decorator.replace('()', '({ metadata })'),
  });
  return applyDecorators(caller, metadata);
}

/** Checks the options, for callers without type checks, and returns the kind. */
function checkOptions(decorator: string, options: RequireApiKeyOptions): ApiKeyKind | undefined {
  checkDecoratorOptions(decorator, options, ['kind', 'metadata', 'words', 'uncheckedOrg']);
  const { kind } = options;
  if (kind !== undefined && !KINDS.includes(kind)) {
    const [last, ...others] = KINDS.map((one) => `'${one}'`).toReversed();
    throw new TypeError(
      `The option kind of ${decorator} has to be ${others.toReversed().join(', ')} or ${last}.`,
    );
  }
  return kind;
}
