import { isMcpHandler } from '../../rules/mcp-nest.js';
import type { AuditedMethod } from './audited-route.js';
import { acceptsOnly, kindsOf } from '../../rules/callers.js';

/** Rules about credentials or grants that calls of this kind cannot carry. */
export function findMisplacedCredentials({ handler, kind, policy }: AuditedMethod): string[] {
  if (kind === 'http') return [];
  if (acceptsOnly(policy.callers, 'mcp') && !isMcpHandler(handler)) {
    return [
      'A rule about MCP tokens is on a handler that MCP clients cannot call. Move it to an HTTP controller, or to a ' +
        'controller of @rekog/mcp-nest.',
    ];
  }
  if (kind !== 'message') return [];
  const findings: string[] = [];
  if (kindsOf(policy.callers).has('api-key')) {
    findings.push(
      'A rule about API keys is on a message handler, but API keys are sent in headers, which messages do not have. ' +
        'Use @RequireUser() instead.',
    );
  }
  if (policy.stepUps.length > 0) {
    findings.push(
      '@RequireStepUpMfa() reads the grant from a header, which messages do not have. Call ' +
        'PropelAuthService.verifyStepUp() in the handler instead.',
    );
  }
  return findings;
}
