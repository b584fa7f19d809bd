import type { McpTokenOptions } from 'propelauth-emulator';
import { rejected, type TestCaller } from '../test-caller.js';
import type { CallerProfile } from './caller-profile.js';
import type { CallerSetup } from './caller-setup.js';
import { allowedProfile, callersByRules } from './rule-callers.js';

/** The resource of tokens that no application accepts. */
export const OTHER_RESOURCE = 'https://another-resource.example.com/mcp';

/** MCP clients, as the rules of a handler distinguish them. */
export async function mcpCallers(setup: CallerSetup): Promise<TestCaller[]> {
  const tokenFor = (profile: CallerProfile, options: McpTokenOptions) => {
    const { scopes = [] } = profile;
    // The token names the organization, and not the user's active one.
    const user = setup.accounts.user({ ...profile, hasActiveOrg: false });
    return { tokens: [setup.accounts.mcpToken(user, { scopes, ...options })] };
  };
  const allowed = allowedProfile(setup, 'mcp');
  const unusable: [what: string, options: McpTokenOptions][] = [
    ['whose token has expired', { ...ofOrg(allowed), expiresInSeconds: -3600 }],
    ['with a token for another resource', { ...ofOrg(allowed), resource: OTHER_RESOURCE }],
  ];
  if (allowed.membership !== undefined) unusable.push(['for no organization', {}]);
  return [
    ...(await callersByRules(setup, {
      kind: 'mcp',
      noun: 'an MCP client',
      memberNoun: 'an MCP client of a member',
      credentialsFor: (profile) => tokenFor(profile, ofOrg(profile)),
    })),
    ...unusable.map(([what, options]) =>
      rejected({ what: `an MCP client ${what}`, credentials: tokenFor(allowed, options) }),
    ),
  ];
}

function ofOrg({ org, membership }: CallerProfile): McpTokenOptions {
  return membership === undefined ? {} : { org: org.orgId };
}
