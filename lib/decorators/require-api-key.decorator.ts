import { createAccessDecorator, type AccessDecorator } from './access.decorator.js';
import { checkApiKeyKind, type RequireApiKeyOptions } from './require-api-key-options.js';

/**
 * Requires one of the API keys that your customers make for their scripts, from `X-API-Key` or `Authorization: Bearer`: exactly
 * one credential. Answers 401 without a key, with an unknown one and with one of the other kind; 429 while PropelAuth limits the
 * key; 503 while PropelAuth cannot be asked.
 *
 * Organization rules hold for keys, too: the key of a member has the member's role and permissions in the organization of the
 * key; an organization's own key passes `@RequireOrgMember()` and nothing more; a personal key is in no organization.
 *
 * @param options `kind`: whose keys will do; default: either
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
    mode: 'api-key',
    apiKeyKind: checkApiKeyKind(decorator, options),
    decorator,
  });
}
