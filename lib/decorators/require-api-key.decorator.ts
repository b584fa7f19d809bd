import { uncheckedOrgRule, type UncheckedOrgOption } from './unchecked-org-option.js';
import { createAccessDecorator, type AccessDecorator } from './access.decorator.js';
import type { ApiKeyKind } from '../rules/callers.js';
import { checkDecoratorOptions } from './decorator-options.js';
import { callersOfKinds } from '../rules/callers.js';

/**
 * Requires an end-user API key in `X-API-Key` or `Authorization: Bearer`, and no second credential. Returns 401 without a key, for an
 * unknown key and for a key of the other kind; 429 while PropelAuth rate limits the key; 503 while PropelAuth is unavailable.
 *
 * Organization rules apply to keys, too. A member's key has the member's role and permissions in the organization of the key. An
 * organization's own key passes `@RequireOrgMember()` only. A personal key belongs to no organization.
 *
 * @param options `kind`: the kind of keys that is accepted. Default: both; `uncheckedOrg`: whether calls may name any organization. Default: `false`
 * @returns a decorator for controllers and their methods
 * @throws {TypeError} for an unknown option or kind
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
 * @publicApi
 */
export function RequireApiKey(options: RequireApiKeyOptions = {}): AccessDecorator {
  const decorator = '@RequireApiKey()';
  return createAccessDecorator({
    kind: 'caller',
    callers: callersOfKinds({ 'api-key': checkApiKeyKind(decorator, options) }),
    decorator,
    ...uncheckedOrgRule(decorator, options),
  });
}

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
