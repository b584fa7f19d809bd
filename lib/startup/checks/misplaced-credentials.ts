import { isMcpHandler } from '../../rules/mcp-nest.js';
import { acceptsOnly, kindsOf } from '../../rules/callers.js';
import type { ApplicationHandler } from '../application/application-handlers.js';

/** Rules about credentials that these calls cannot carry. */
export function findMisplacedCredentials({ handler, type, policy }: ApplicationHandler): string[] {
  if (type === 'http') return [];
  if (acceptsOnly(policy.callers, 'mcp') && !isMcpHandler(handler)) {
    return [
      'A rule about MCP tokens is on a handler that MCP clients cannot call. Move it to an HTTP controller, or to a ' +
        'controller of @rekog/mcp-nest.',
    ];
  }
  if (type !== 'message' || !kindsOf(policy.callers).has('api-key')) return [];
  return [
    'A rule about API keys is on a message handler, but API keys are sent in headers, which messages do not have. ' +
      'Use @RequireUser() instead.',
  ];
}
