import type { ResolvedMcpOptions } from '../../options/mcp-options.js';
import type { AuditedRoute } from './audited-route.js';
import { findMcpMistakes } from './mcp-rules.js';
import { findInMethod } from './method-checks.js';
import { findMisplacedSources } from './misplaced-sources.js';
import { findMissingPathParameters } from './missing-path-parameters.js';

/** The checks for every HTTP route. */
export function findInRoute(audited: AuditedRoute, mcp: ResolvedMcpOptions | undefined): string[] {
  return [
    ...findInMethod(audited),
    ...findMissingPathParameters(audited),
    ...findMisplacedSources(audited.policy, 'http'),
    ...findMcpMistakes(audited, mcp),
  ];
}
