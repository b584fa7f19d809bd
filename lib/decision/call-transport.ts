import type { DecisionOutcome } from '../options/access-decision-event.interface.js';
import type { CallTransport } from '../telemetry/decided-call.js';
import { isMcpCall } from '../transports/mcp/mcp-call.js';
import { isHttpRequest } from '../transports/http/http.transport.js';
import type { Decision } from './decision.js';

/**
 * How the call of a decision arrived. A call of an MCP tool arrives at a controller first, by HTTP: that request counts as HTTP when it is
 * allowed, since the call itself is decided about afterwards, and as MCP when the rules of the tool reject it there.
 */
export function callTransportOf(
  { context, mcpCall }: Decision,
  { allowed }: DecisionOutcome,
): CallTransport {
  switch (context.getType<string>()) {
    case 'http':
      if (!isHttpRequest(context)) return 'other';
      return mcpCall !== undefined && !allowed ? 'mcp' : 'http';
    case 'graphql':
      return 'graphql';
    case 'ws':
      return 'websocket';
    case 'rpc':
      return isMcpCall(context) ? 'mcp' : 'rpc';
    default:
      return 'other';
  }
}
