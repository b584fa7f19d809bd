import { apiKeyKindOf } from '../../rules/callers.js';
import type { AuditedApplication } from '../application/audited-application.js';
import type { ApplicationHandler } from '../application/application-handlers.js';

/** Finds a handler for imported API keys in an application that does not ask PropelAuth about them. */
export function findUnaskedKeys(
  { policy: { callers } }: ApplicationHandler,
  { options }: AuditedApplication,
): string[] {
  if (apiKeyKindOf(callers) !== 'imported' || options.apiKeys.imported) return [];
  return [
    "The kind 'imported' rejects every API key, because PropelAuth is not asked about imported keys. Set apiKeys: { imported: " +
      'true } in PropelAuthModule.forRoot().',
  ];
}
