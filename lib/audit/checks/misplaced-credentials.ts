import { isMcpHandler } from '../../transport/mcp/mcp-handlers.js';
import type { AuditedHandler } from './audited-handler.js';

/** Rules that look for something in the headers or the body of a request, where calls of this kind have none. */
export function findMisplacedCredentials(audited: AuditedHandler): string[] {
  const { kind, policy } = audited;
  if (policy.mode === 'webhook') {
    return [
      '@PropelAuthWebhook() where no HTTP request arrives; put it on a method of a controller.',
    ];
  }
  if (policy.mode === 'mcp' && !isServedToMcpClients(audited)) {
    return [
      'A rule about MCP tokens where MCP clients cannot call; put it on an HTTP controller, or on a controller of @rekog/mcp-nest.',
    ];
  }
  if (kind !== 'message') return [];
  const findings: string[] = [];
  if (policy.mode === 'api-key' || policy.mode === 'user-or-api-key') {
    findings.push(
      'A rule about API keys, which are looked for in headers, and messages have none; say @RequireUser() instead.',
    );
  }
  if (policy.stepUps.length > 0) {
    findings.push(
      '@RequireStepUpMfa() looks for the grant in a header, and messages have none; call PropelAuthService.verifyStepUp() in the ' +
        'handler instead.',
    );
  }
  return findings;
}

/** What a constructor has replaced has no metadata. */
function isServedToMcpClients({ controller, name }: AuditedHandler): boolean {
  return isMcpHandler((controller.prototype as Record<string, Function>)[name] as Function);
}
