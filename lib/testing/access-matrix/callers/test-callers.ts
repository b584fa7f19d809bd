import { kindNamesIn } from '../../../rules/handler-access.js';
import { isMcpEndpoint } from '../../../rules/mcp-nest.js';
import { CannotCall } from '../cannot-call.js';
import { letIn, rejected, type TestCaller, type UnjudgedCaller } from '../test-caller.js';
import { apiKeyCallers } from './api-key-callers.js';
import type { CallerSetup } from './caller-setup.js';
import { ownCallers } from './own-callers.js';
import { anyUser, usersWithInvalidTokens, userCallers } from './user-callers.js';

const ANONYMOUS: UnjudgedCaller = { what: 'a caller without credentials', credentials: {} };

const MALFORMED: UnjudgedCaller = {
  what: 'a caller with a malformed token',
  credentials: { token: 'malformed' },
};

const NOBODY =
  'toHold() knows no caller whom its rule allows. List all roles of your project, highest first, in the seed or in ' +
  'TestIssuer.create({ roles: […] }), or correct the rule.';

/**
 * The callers that the rule of a handler distinguishes. Each rejected caller differs from an allowed one in a single thing. If any caller is
 * allowed, the first one is.
 */
export async function testCallersOf(setup: CallerSetup): Promise<TestCaller[]> {
  const { access, subject } = setup.handler;
  const user = await anyUser(setup);
  switch (access.access) {
    case 'public':
      // A public endpoint controller of an MCP server still reads a token: it lists the tools of its user.
      return (isMcpEndpoint(subject.controller) ? [ANONYMOUS] : [ANONYMOUS, MALFORMED]).map(letIn);
    case 'optional':
      return [user, ...(await strangers(setup))].map(letIn);
    case 'nobody':
      return [user, ...(await strangers(setup))].map(rejected);
    default:
      return callersOfKinds(setup, user);
  }
}

async function callersOfKinds(setup: CallerSetup, user: UnjudgedCaller): Promise<TestCaller[]> {
  const { handler, kinds } = setup;
  const accepted = kindNamesIn(handler.access.access);
  const callers: TestCaller[] = [];
  for (const name of accepted) {
    if (name === 'user') callers.push(...(await userCallers(setup)));
    else if (name === 'api-key') callers.push(...(await apiKeyCallers(setup)));
    // MCP clients are not tried, only those who are none.
    else if (name !== 'mcp') {
      const kind = kinds.find((one) => one.name === name);
      if (kind !== undefined) callers.push(...(await ownCallers(setup, kind)));
    }
  }
  // What a function requires of metadata is not known.
  const isKnown =
    !accepted.includes('mcp') &&
    handler.access.metadata.every(({ required }) => typeof required === 'object');
  if (isKnown && !callers.some(({ mayCall }) => mayCall)) throw new CannotCall(NOBODY);
  const others = [
    ...(await withoutCredential(setup)),
    ...(accepted.includes('user') ? [] : [user]),
    ...(accepted.includes('api-key') ? [] : [scriptWithKey(setup)]),
  ];
  return [
    ...callers.toSorted((one, two) => Number(two.mayCall) - Number(one.mayCall)),
    ...others.map(rejected),
  ];
}

/** Callers that no rule about users allows. */
async function strangers(setup: CallerSetup): Promise<UnjudgedCaller[]> {
  return [...(await withoutCredential(setup)), scriptWithKey(setup)];
}

/** Callers without a valid credential of any kind. */
async function withoutCredential(setup: CallerSetup): Promise<UnjudgedCaller[]> {
  return [ANONYMOUS, MALFORMED, ...(await usersWithInvalidTokens(setup))];
}

function scriptWithKey({ accounts }: CallerSetup): UnjudgedCaller {
  const apiKey = accounts.apiKey({ userId: accounts.user().userId });
  return { what: 'a script with an API key', credentials: { headers: { 'x-api-key': apiKey } } };
}
