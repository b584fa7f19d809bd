import { CannotCall } from '../finding.js';
import { rejectedCallers, type TestCaller } from '../test-caller.js';
import { scriptsByRules } from './api-key-callers.js';
import type { CallerSetup } from './caller-setup.js';
import { ownCallers } from './own-callers.js';
import { allowedProfile } from './rule-callers.js';
import { usersByRules, usersWithInvalidTokens } from './user-callers.js';

/** What makes the callers of the kinds of this package. Those of other kinds have the credentials that the application returns. */
const MAKERS = new Map([
  ['user', usersByRules],
  ['api-key', scriptsByRules],
]);

/** The kind whose callers are not tried; `notTried` lists them. */
const NEVER_TRIED = 'mcp';

const ANYONE = rejectedCallers({
  'a caller without credentials': {},
  'a caller with a malformed token': { token: 'malformed' },
});

const NOBODY =
  'toHold() knows no caller whom its rule allows. List all roles of your project, highest first, in the seed or in ' +
  'TestIssuer.create({ roles: […] }), or correct the rule.';

/**
 * The callers that the rule of a handler distinguishes. Each rejected caller differs from an allowed one in a single thing. If any caller is
 * allowed, the first one is.
 */
export async function testCallersOf(setup: CallerSetup): Promise<TestCaller[]> {
  const { access, policy } = setup.handler;
  if (access.access === 'public') {
    // A public endpoint of an MCP server still reads a token: it lists the tools of its user.
    return allowed(policy.isEndpoint ? ANYONE.slice(0, 1) : ANYONE);
  }
  const accepted = access.access === 'required' ? [...access.kinds.keys()] : [];
  const others = [...MAKERS.keys()].filter((kind) => !accepted.includes(kind));
  const strangers = [
    ...ANYONE,
    ...(await usersWithInvalidTokens(setup)),
    ...(await Promise.all(others.map((kind) => strangerOfKind(setup, kind)))).flat(),
  ];
  if (access.access === 'optional') return allowed(strangers);
  if (access.access !== 'required') return strangers;
  const callers: TestCaller[] = [];
  for (const name of accepted) callers.push(...(await callersOfKind(setup, name)));
  const isKnown = accepted.every((name) => isAccessKnown(setup, name));
  if (isKnown && !callers.some(({ mayCall }) => mayCall)) throw new CannotCall(NOBODY);
  return [
    ...callers.toSorted((one, two) => Number(two.mayCall) - Number(one.mayCall)),
    ...strangers,
  ];
}

function allowed(callers: readonly TestCaller[]): TestCaller[] {
  return callers.map((caller) => ({ ...caller, mayCall: true }));
}

/** The callers of a kind; none of one that is not tried. */
async function callersOfKind(setup: CallerSetup, name: string): Promise<TestCaller[]> {
  const kind = setup.kinds.named(name);
  if (kind === undefined || name === NEVER_TRIED) return [];
  return (MAKERS.get(name) ?? ownCallers)(setup, kind);
}

/** Whether it is known what an allowed caller of a kind is good for: not if a function decides about metadata. */
function isAccessKnown(setup: CallerSetup, name: string): boolean {
  const kind = setup.kinds.named(name);
  if (kind === undefined || name === NEVER_TRIED) return false;
  return allowedProfile(setup, kind).metadata !== undefined;
}

/** A caller with a valid credential of a kind, and no organization. */
async function strangerOfKind(setup: CallerSetup, name: string): Promise<TestCaller[]> {
  const access = { ...setup.handler.access, kinds: new Map<never, never>(), checks: [] };
  const withoutRules = { ...setup, handler: { ...setup.handler, access } };
  const [first] = await callersOfKind(withoutRules, name);
  return first === undefined ? [] : [{ ...first, mayCall: false }];
}
