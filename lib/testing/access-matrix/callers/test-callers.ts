import type { DescribedHandler } from '../../../audit/describe-access.js';
import { isMcpEndpoint } from '../../../rules/mcp-nest.js';
import type { NamedOrg, TestCaller } from '../entry-point.js';
import { apiKeyCallers } from './api-key-test-callers.js';
import { ANONYMOUS, MALFORMED, letIn, rejected } from './test-caller-words.js';
import { mcpCallers } from './mcp-test-callers.js';
import { andThoseWhoNameNone } from './org-naming.js';
import type { TestAccounts } from './test-accounts.js';
import { anyUser, invalidTokenCallers, userCallers } from './user-test-callers.js';
import { webhookCallers } from './webhook-test-callers.js';

/**
 * The callers that the rule of a handler distinguishes, when calls name the organization. Each rejected caller differs from an allowed one
 * in a single thing. If any caller is allowed, the first one is.
 */
export async function testCallersOf(
  { access, subject }: DescribedHandler,
  org: NamedOrg,
  accounts: TestAccounts,
): Promise<TestCaller[]> {
  switch (access.access) {
    case 'open':
    case 'public':
      // A public endpoint controller of an MCP server still reads a token: it lists the tools of its user.
      if (isMcpEndpoint(subject.controller)) return [letIn(ANONYMOUS)];
      return [ANONYMOUS, MALFORMED, await anyUser(accounts)].map(letIn);
    case 'optional':
      return [await anyUser(accounts), ...(await strangers(accounts))].map(letIn);
    case 'user':
      return andThoseWhoNameNone(access, org, [
        ...(await userCallers(access, org, accounts)),
        ...(await strangers(accounts)).map(rejected),
      ]);
    case 'api-key':
      return andThoseWhoNameNone(access, org, [
        ...(await apiKeyCallers(access, org, accounts)),
        rejected(await anyUser(accounts)),
        ...(await unusableCredentials(accounts)).map(rejected),
      ]);
    case 'user-or-api-key':
      return andThoseWhoNameNone(access, org, [
        ...(await userCallers(access, org, accounts)),
        ...(await apiKeyCallers(access, org, accounts)),
        ...(await unusableCredentials(accounts)).map(rejected),
      ]);
    case 'mcp':
      return andThoseWhoNameNone(access, org, [
        ...(await mcpCallers(access, org, accounts)),
        ...(await strangers(accounts)).map(rejected),
      ]);
    case 'webhook':
      return [...webhookCallers(accounts), ...(await strangers(accounts)).map(rejected)];
    case 'nobody':
    default:
      return [await anyUser(accounts), ...(await strangers(accounts))].map(rejected);
  }
}

/** Callers that no rule about users allows. */
async function strangers(accounts: TestAccounts) {
  return [
    ...(await unusableCredentials(accounts)),
    {
      what: 'a script with an API key',
      credentials: { tokens: [], apiKey: personalKey(accounts) },
    },
  ];
}

/** Callers without a valid credential. */
async function unusableCredentials(accounts: TestAccounts) {
  const credentials = await invalidTokenCallers(accounts);
  return [ANONYMOUS, MALFORMED, ...credentials];
}

function personalKey(accounts: TestAccounts): string {
  return accounts.apiKey({ userId: accounts.user({ orgs: [] }).userId });
}
