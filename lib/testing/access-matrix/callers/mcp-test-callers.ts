import type { HandlerAccess } from '../../../rules/handler-access.js';
import type { McpTokenOptions } from 'propelauth-emulator';
import type { TestUser } from '../../test-user.interface.js';
import type { NamedOrg, TestCaller } from '../entry-point.js';
import { membershipsFor, strongestMembership, type OrgMembership } from '../org-memberships.js';
import { inWords, letIn, rejected, type UnjudgedCaller } from './test-caller-words.js';
import { OTHER_ORG, readsCall } from './org-naming.js';
import type { TestAccounts } from './test-accounts.js';
import { anyUser } from './user-test-callers.js';

const OTHER_RESOURCE = 'https://another-resource.example.com/mcp';

/** MCP clients, as the rules of a handler distinguish them. */
export async function mcpCallers(
  access: HandlerAccess,
  org: NamedOrg,
  accounts: TestAccounts,
): Promise<TestCaller[]> {
  const callers = new McpClients(access, org, accounts).list();
  return [...callers, rejected(await anyUser(accounts))];
}

class McpClients {
  constructor(
    private readonly access: HandlerAccess,
    private readonly org: NamedOrg,
    private readonly accounts: TestAccounts,
  ) {}

  list(): TestCaller[] {
    const { orgRequirements } = this.access;
    if (orgRequirements.length === 0) {
      const user = this.accounts.user({ orgs: [] });
      const { scopes } = this.access;
      const caller = client('an MCP client', this.accounts.mcpToken(user, { scopes }));
      return [letIn(caller), ...this.withInvalidTokens(user, { scopes })];
    }
    const memberships = membershipsFor(orgRequirements, this.accounts.issuer.roles);
    const byMembership = memberships.map((membership) => ({
      ...client(inWords('an MCP client of a member', membership.which), this.tokenFor(membership)),
      mayCall: membership.isEnough,
    }));
    const [membership] = memberships;
    if (membership === undefined) return byMembership;
    return [...byMembership, ...this.forOtherOrgs(membership)];
  }

  private forOtherOrgs(membership: OrgMembership): TestCaller[] {
    const user = this.member(membership);
    const { scopes } = this.access;
    const options = { scopes, org: this.org.orgId };
    return [
      rejected(
        client('an MCP client for no organization', this.accounts.mcpToken(user, { scopes })),
      ),
      ...(readsCall(this.access) ? [rejected(this.forOtherOrg())] : []),
      ...this.withInvalidTokens(user, options),
    ];
  }

  private forOtherOrg(): UnjudgedCaller {
    const { access, accounts } = this;
    const strongest = strongestMembership(access.orgRequirements, accounts.issuer.roles);
    return client('an MCP client for another organization', this.tokenFor(strongest, OTHER_ORG));
  }

  private withInvalidTokens(user: TestUser, options: McpTokenOptions): TestCaller[] {
    const { scopes } = this.access;
    return [
      ...scopes.map((scope) => {
        const others = scopes.filter((other) => other !== scope);
        const token = this.accounts.mcpToken(user, { ...options, scopes: others });
        return client(`an MCP client without the scope ${scope}`, token);
      }),
      client('an MCP client whose token has expired', this.accounts.expiredMcpToken(user, options)),
      client(
        'an MCP client with a token for another resource',
        this.accounts.mcpToken(user, { ...options, resource: OTHER_RESOURCE }),
      ),
    ].map(rejected);
  }

  private tokenFor(membership: OrgMembership, org = this.org): string {
    const { scopes } = this.access;
    return this.accounts.mcpToken(this.member(membership, org), { scopes, org: org.orgId });
  }

  private member({ role, permissions }: OrgMembership, org = this.org): TestUser {
    return this.accounts.user({ orgs: [{ org, membership: { role, permissions } }] });
  }
}

function client(what: string, token: string): UnjudgedCaller {
  return { what, credentials: { tokens: [token] } };
}
