import { activeOrg } from '../../organizations/active-org.js';
import { rulesBehindEndpoint } from '../../rules/handler-access.js';
import type { Policy } from '../../rules/policy.js';
import { acceptsOnly, CONTRADICTION, isEveryone, MCP_CLIENT } from '../../rules/callers.js';

/** A tool has no organization of its own: what its call names has to be that of the token, which its own guard checks. */
const ORG_OF_TOKEN = activeOrg();

/**
 * What a request has to meet that calls a tool, resource or prompt: the rules of the endpoint controller, as those of an outer level, and
 * those of the method, which `@Public()` there lifts.
 */
export function policyBehindEndpoint(endpoint: Policy, part: Policy): Policy {
  if (!part.isExplicit) return endpoint;
  // The response is that of the endpoint controller.
  const { mayRespondWithStream: _ofPart, ...rules } = part;
  const { orgRequirements } = rules;
  const ofPart: Policy = {
    ...rules,
    isMcpEndpoint: true,
    orgSources: orgRequirements.length > 0 ? [ORG_OF_TOKEN] : [],
  };
  if (isEveryone(part.callers) || isEveryone(endpoint.callers)) return ofPart;
  return {
    ...rulesBehindEndpoint(endpoint, ofPart),
    callers: [endpoint, part].every(({ callers }) => acceptsOnly(callers, 'mcp'))
      ? MCP_CLIENT
      : CONTRADICTION,
    tokenSources: [...new Set([...endpoint.tokenSources, ...part.tokenSources])],
    ...(endpoint.needsPresentUser && { needsPresentUser: true }),
  };
}
