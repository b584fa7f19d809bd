import { isMcpEndpoint } from '../../../rules/mcp-nest.js';
import { metadataRule } from '../../../rules/metadata/metadata-rule.js';
import { combinedOf } from '../../../rules/policy.js';
import { CannotCall } from '../finding.js';
import { judged, type TestCaller, type UnjudgedCaller } from '../test-caller.js';
import type { CallerSetup } from './rule-callers.interface.js';
import { apiKeyCallers } from './api-key-callers.js';
import { ownCallers } from './own-callers.js';
import { anyUser, usersWithInvalidTokens, userCallers } from './user-callers.js';

const ANONYMOUS: UnjudgedCaller = ['a caller without credentials', {}];
const MALFORMED: UnjudgedCaller = ['a caller with a malformed token', { token: 'malformed' }];

const NOBODY =
  'toHold() knows no caller whom its rule allows. List all roles of your project, highest first, in the seed or in ' +
  'TestIssuer.create({ roles: […] }), or correct the rule.';

/**
 * The callers that the rule of a handler distinguishes. Each rejected caller differs from an allowed one in a single thing. If any caller is
 * allowed, the first one is.
 */
export async function testCallersOf(setup: CallerSetup): Promise<TestCaller[]> {
  const { access, controller } = setup.handler;
  const user = await anyUser(setup);
  const script = scriptWithKey(setup);
  const strangers = [ANONYMOUS, MALFORMED, ...(await usersWithInvalidTokens(setup))];
  switch (access.access) {
    case 'public':
      // A public endpoint controller of an MCP server still reads a token: it lists the tools of its user.
      return judged(isMcpEndpoint(controller) ? [ANONYMOUS] : [ANONYMOUS, MALFORMED], true);
    case 'optional':
      return judged([user, ...strangers, script], true);
    case 'nobody':
      return judged([user, ...strangers, script], false);
  }
  const accepted = [...access.kinds.keys()];
  const callers = await callersOfKinds(setup, accepted);
  // What a function requires of metadata is not known, and MCP clients are not tried.
  const isKnown =
    !accepted.includes('mcp') &&
    [...(combinedOf(access, metadataRule)?.values() ?? [])]
      .flat()
      .every(({ required }) => typeof required === 'object');
  if (isKnown && !callers.some(({ mayCall }) => mayCall)) throw new CannotCall(NOBODY);
  if (!accepted.includes('user')) strangers.push(user);
  if (!accepted.includes('api-key')) strangers.push(script);
  return [
    ...callers.toSorted((one, two) => Number(two.mayCall) - Number(one.mayCall)),
    ...judged(strangers, false),
  ];
}

async function callersOfKinds(
  setup: CallerSetup,
  accepted: readonly string[],
): Promise<TestCaller[]> {
  const callers: TestCaller[] = [];
  for (const name of accepted) {
    const kind = setup.kinds.find((one) => one.name === name);
    if (name === 'user') callers.push(...(await userCallers(setup)));
    else if (name === 'api-key') callers.push(...(await apiKeyCallers(setup)));
    else if (name !== 'mcp' && kind) callers.push(...(await ownCallers(setup, kind)));
  }
  return callers;
}

function scriptWithKey({ accounts }: CallerSetup): UnjudgedCaller {
  const apiKey = accounts.apiKey({ userId: accounts.user().userId });
  return ['a script with an API key', { headers: { 'x-api-key': apiKey } }];
}
