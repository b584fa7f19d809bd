import { fake } from '../../test/support/fake.js';
import { onlyFakeTimeouts } from '../../test/support/fake-timers.js';
import { DeciderSetup } from '../../test/guard/decider-setup.js';
import { Decision, type Identified } from '../decision/decision.js';
import type {
  CallerAccess,
  OpenStream,
  OpenStreams,
  StreamAccess,
} from '../transports/open-streams.js';
import type { Call } from '../transports/call.js';
import { callOf } from '../transports/call-of.js';
import type { CallTools } from '../transports/call-tools.js';
import { DEFAULT_POLICY, type Policy } from '../rules/policy.js';
import { keepStreams } from './decided-streams.js';
import { callersOf } from '../../test/support/callers.js';

const NOW = 42;
const EXPIRY = 1_800_000_000_000;

/** A caller with access, in the decision. */
const having = (access: Partial<CallerAccess>): Partial<Decision> => ({
  identified: fake<Identified>({
    access: { userId: undefined, orgId: undefined, validUntil: undefined, ...access },
  }),
});

/** What ends the connection of a message that was decided so. */
function keptFor(known: object): StreamAccess[] {
  const kept: StreamAccess[] = [];
  const context = new DeciderSetup({}).context('ws');
  const call = fake<Call>({ context, endWithAccess: (access) => void kept.push(access) });
  const decision = new Decision(call);
  Object.assign(decision, { begunAt: NOW }, known);
  keepStreams(decision, fake<CallTools>({}));
  return kept;
}

const once = (): void => {};

/** Whether a response is cut off when the access of its user ends. */
function isCutOff(policy: Partial<Policy>, headersSent: boolean): boolean {
  let isDestroyed = false;
  const destroy = () => (isDestroyed = true);
  const request = { headers: {}, socket: { once } };
  const response = { headersSent, writableEnded: false, once, destroy };
  const added: OpenStream[] = [];
  const tools = fake<CallTools>({
    streams: fake<OpenStreams>({
      add: (stream) => {
        added.push(stream);
        return () => {};
      },
    }),
  });
  const context = new DeciderSetup({}).context('http', [request, response]);
  const decision = new Decision(callOf(context));
  decision.policy = { ...DEFAULT_POLICY, ...policy };
  Object.assign(decision, having({ userId: 'user-alice', validUntil: EXPIRY }));
  keepStreams(decision, tools);
  for (const stream of added) stream.end('token_expired');
  return isDestroyed;
}

describe('An open connection', () => {
  const alice = { userId: 'user-alice', validUntil: EXPIRY };
  const ofGlobex = { userId: 'user-bob', orgId: 'globex' };

  it.each<[string, Partial<CallerAccess>, { orgId: string } | undefined, string[]]>([
    ['a user', alice, undefined, []],
    ['a user in the organization of a rule', alice, { orgId: 'acme' }, ['acme']],
    ['a credential of an organization', { orgId: 'acme' }, undefined, ['acme']],
    ['a credential of another one than the rule', ofGlobex, { orgId: 'acme' }, ['acme', 'globex']],
    ['a user without a last moment', { userId: 'user-alice' }, undefined, []],
    ['a credential without an owner, at its last moment', { validUntil: EXPIRY }, undefined, []],
  ])(
    'ends with the access of %s, including changes during the decision',
    (_who, access, org, orgIds) => {
      const { userId, validUntil } = access;
      expect(keptFor({ ...having(access), org })).toEqual([
        { userId, orgIds: new Set(orgIds), validUntil, decidedSince: NOW },
      ]);
    },
  );

  it.each([
    ['nobody', {}],
    ['a credential without an owner', having({})],
  ])('does not end with the access of %s', (_who, known) => {
    expect(keptFor(known)).toHaveLength(0);
  });
});

describe('An open response', () => {
  const toMcpClient: Partial<Policy> = { callers: callersOf('mcp'), eventStream: 'maybe' };

  it.each<[string, Partial<Policy>, boolean, boolean]>([
    [
      'with an event stream is ended before it has sent anything',
      { eventStream: 'always' },
      false,
      true,
    ],
    ['with an event stream is ended after it has', { eventStream: 'always' }, true, true],
    ['to an MCP client is ended once it has begun', toMcpClient, true, true],
    ['to an MCP client may still be sent if it has not begun', toMcpClient, false, false],
  ])('%s', (_what, policy, headersSent, isEnded) => {
    onlyFakeTimeouts();
    expect(isCutOff(policy, headersSent)).toBe(isEnded);
  });
});
