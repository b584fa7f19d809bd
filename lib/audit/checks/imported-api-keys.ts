import type { ResolvedOptions } from '../../options/resolved-options.js';
import { apiKeyKindOf } from '../../rules/callers.js';
import type { AuditedMethod } from './audited-route.js';

/** Finds a handler for imported API keys in an application that does not ask PropelAuth about them. */
export function findUnaskedKeys(
  { policy: { callers } }: AuditedMethod,
  { apiKeys }: Pick<ResolvedOptions, 'apiKeys'>,
): string[] {
  if (apiKeyKindOf(callers) !== 'imported' || apiKeys.imported) return [];
  return [
    "The kind 'imported' rejects every API key, because PropelAuth is not asked about imported keys. Set apiKeys: { imported: " +
      'true } in PropelAuthModule.forRoot().',
  ];
}
