import { activeOrg } from '../../organizations/active-org.js';
import { rulesBehindEndpoint } from '../../rules/handler-access.js';
import type { Policy } from '../../rules/policy.js';
import { acceptsOnly, CONTRADICTION, isEveryone, MCP_CLIENT } from '../../rules/callers.js';

/** For the endpoint controller, the organization is that of the token. The tool's own guard checks that its call names the same one. */
const ORG_OF_TOKEN = activeOrg();

/**
 * The policy of a request that calls a tool, resource or prompt. The rules of the endpoint controller are those of an outer level, and add
 * up with those of the method. `@Public()` on the method lifts them.
 */
export function policyBehindEndpoint(endpoint: Policy, part: Policy): Policy {
  if (!part.isExplicit) return endpoint;
  // The response is that of the endpoint controller, and the guard of the part itself loads the account.
  const { mayRespondWithStream: _mayStream, requiresAccount: _hasAccount, ...rules } = part;
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
