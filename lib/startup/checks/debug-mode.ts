import type { AuditedApplication } from '../application/audited-application.js';
import { isProduction } from '../../values/node-environment.js';

/** The warning about responses in production that tell callers why they were rejected; none without such responses. */
export function findDebugMode({ options: { debugMode } }: AuditedApplication): string[] {
  if (!debugMode || !isProduction()) return [];
  return [
    'debugMode is true with NODE_ENV=production, so error responses tell callers why they were rejected. Remove it: ' +
      'with the emulator and NODE_ENV=development, it is the default.',
  ];
}
