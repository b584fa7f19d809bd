import type { ApiKeyKind } from '../rules/access-rule.js';
import { checkDecoratorOptions } from './decorator-options.js';
import type { UncheckedOrgOption } from './unchecked-org-option.js';

/**
 * The options of {@link RequireApiKey} and {@link RequireUserOrApiKey}.
 *
 * @publicApi
 */
export interface RequireApiKeyOptions extends UncheckedOrgOption {
  /** The kind of keys that is accepted: a user's own (`personal`) or an organization's (`org`). Default: both. */
  kind?: ApiKeyKind;
}

/**
 * Checks the options of a rule about API keys, for callers without type checks.
 *
 * @throws {TypeError} for an unknown option or kind
 */
export function checkApiKeyKind(
  decorator: string,
  options: RequireApiKeyOptions,
): ApiKeyKind | undefined {
  checkDecoratorOptions(decorator, options, ['kind', 'uncheckedOrg']);
  const { kind } = options;
  if (kind !== undefined && kind !== 'personal' && kind !== 'org') {
    throw new TypeError(`The option kind of ${decorator} has to be 'personal' or 'org'.`);
  }
  return kind;
}
