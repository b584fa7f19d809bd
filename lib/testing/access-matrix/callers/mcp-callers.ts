import type { McpTokenOptions } from 'propelauth-emulator';
import { rejected, type TestCaller } from '../test-caller.js';
import { callersByRules, needsOf, type CallerNeeds } from './callers-by-rules.js';
import type { CallerSetup } from './caller-setup.js';

/** The resource of tokens that no application accepts. */
export const OTHER_RESOURCE = 'https://another-resource.example.com/mcp';

/** MCP clients, as the rules of a handler distinguish them. */
export async function mcpCallers(setup: CallerSetup): Promise<TestCaller[]> {
  const tokenFor = (needs: CallerNeeds, options: McpTokenOptions) => {
    const { org, membership, scopes } = needs;
    const orgs = membership === undefined ? [] : [{ org, membership }];
    const user = setup.accounts.user({ orgs });
    return { tokens: [setup.accounts.mcpToken(user, { scopes, ...options })] };
  };
  const { needs } = needsOf(setup, 'mcp');
  const unusable: [what: string, options: McpTokenOptions][] = [
    ['whose token has expired', { ...ofOrg(needs), expiresInSeconds: -3600 }],
    ['with a token for another resource', { ...ofOrg(needs), resource: OTHER_RESOURCE }],
  ];
  if (needs.membership !== undefined) unusable.push(['for no organization', {}]);
  return [
    ...(await callersByRules(setup, {
      kind: 'mcp',
      noun: 'an MCP client',
      memberNoun: 'an MCP client of a member',
      credentialsFor: (one) => tokenFor(one, ofOrg(one)),
    })),
    ...unusable.map(([what, options]) =>
      rejected({ what: `an MCP client ${what}`, credentials: tokenFor(needs, options) }),
    ),
  ];
}

function ofOrg({ org, membership }: CallerNeeds): McpTokenOptions {
  return membership === undefined ? {} : { org: org.orgId };
}
