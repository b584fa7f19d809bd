import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import type { ApiKeyValidation, UserClass } from '@propelauth/node-apis';
import { fake } from '../../test/support/fake.js';
import { keepForConnection, openDecision, type Decision } from '../decision/decision.js';
import { Rejection } from '../rejections/rejection.js';
import type { GlobalGuardCheck } from '../guard/global-guard-check.js';
import type { Policies } from '../rules/policies.js';
import { DEFAULT_POLICY } from '../rules/policy.js';
import type { McpToken } from '../types/mcp-token.interface.js';
import { ApiKeyCaller } from '../callers/api-key/api-key-caller.js';
import type { CallerIdentifier, IdentifiedCaller } from '../callers/caller-identifier.js';
import { CallerLookup } from './caller-lookup.js';

const user = { userId: 'user-alice' } as UserClass;
const apiKey = { user: { userId: 'user-bob' } } as ApiKeyValidation;
const mcp = { userId: 'user-carol' } as McpToken;
const explicit = { ...DEFAULT_POLICY, isExplicit: true };

class Reports {
  show(this: void): void {}
}

const request = () => ({ headers: {}, socket: { remoteAddress: '192.0.2.1' } });
const contextOf = (type: string, ...args: unknown[]) => {
  const context = new ExecutionContextHost(args, Reports, Reports.prototype.show);
  context.setType(type);
  return context;
};
const http = () => contextOf('http', request(), {});

/** Without a handler, as of an exception filter. */
const bare = (args: unknown[]) => new ExecutionContextHost(args);

/** A call that the guard has let in. */
function decided(known: Partial<Decision>, context = http()) {
  const decision = Object.assign(openDecision(context), known, { isBegun: true });
  decision.outcome = true;
  keepForConnection(decision);
  return context;
}

/** A look-up whose identifier says who calls, and writes down by which rules it was asked. */
function lookUp(
  answer: () => IdentifiedCaller = () => new ApiKeyCaller(apiKey),
  { policy = explicit, isGuardGlobal = false } = {},
) {
  const asked: unknown[][] = [];
  const noted = (question: string) => async (_context: unknown, rules: unknown) => {
    asked.push([question, rules]);
    return answer();
  };
  const callers = new CallerLookup(
    fake<Policies>({ of: () => policy }),
    fake<CallerIdentifier>({ identifyAny: noted('anyone'), recognize: noted('known') }),
    fake<GlobalGuardCheck>({ isRegistered: () => isGuardGlobal }),
  );
  return { asked, callers };
}

describe('CallerLookup', () => {
  it.each<[string, Partial<Decision>, object]>([
    ['a user', { user }, { kind: 'user', user }],
    ['an API key', { apiKey }, { kind: 'api-key', apiKey }],
    ['an MCP client', { mcp }, { kind: 'mcp', mcp }],
    ['an MCP client with its user', { mcp, user }, { kind: 'mcp', mcp, user }],
  ])('returns the caller that the guard allowed: %s', async (_who, known, caller) => {
    const { asked, callers } = lookUp();
    const context = decided(known);
    const withActiveOrg = user as { getActiveOrgId?: () => undefined };
    withActiveOrg.getActiveOrgId = () => undefined;
    const found = await callers.identify(context);
    expect(found).toMatchObject(caller);
    expect('user' in (found ?? {})).toBe('user' in caller);
    expect(await callers.keyOf(context)).toBe(`user:${found?.userId}`);
    expect(asked).toEqual([]);
  });

  it('returns that caller to a pipe, which gets its own context', async () => {
    const ofRequest = request();
    decided(
      { apiKey: { org: { orgId: 'acme' } } as ApiKeyValidation },
      contextOf('http', ofRequest),
    );
    const { asked, callers } = lookUp();
    expect(await callers.identify(contextOf('http', ofRequest))).toMatchObject({ orgId: 'acme' });
    expect(asked).toEqual([]);
  });

  it('identifies the caller by credential and rules of the handler if the guard has no caller', async () => {
    for (const context of [http(), decided({})]) {
      const { asked, callers } = lookUp();
      expect(await callers.identify(context)).toMatchObject({ kind: 'api-key', apiKey });
      expect(await callers.keyOf(context)).toBe('user:user-bob');
      expect(asked).toEqual([
        ['anyone', explicit],
        ['known', explicit],
      ]);
      expect(asked[0]?.[1]).toBe(explicit);
    }
  });

  it('accepts any caller of a handler without a rule, and users alone under a global guard', async () => {
    for (const isGuardGlobal of [false, true]) {
      const { asked, callers } = lookUp(undefined, { policy: DEFAULT_POLICY, isGuardGlobal });
      await callers.identify(http());
      await callers.keyOf(http());
      const mode = isGuardGlobal ? 'user' : 'public';
      expect(asked).toEqual([
        ['anyone', { ...DEFAULT_POLICY, mode }],
        ['known', { ...DEFAULT_POLICY, mode }],
      ]);
    }
  });

  it('accepts any caller without a handler, unless the guard has decided about one', async () => {
    const { asked, callers } = lookUp();
    const decidedCall = http();
    openDecision(decidedCall).policy = explicit;
    const incomplete = Object.assign(http(), { getClass: undefined, getHandler: undefined });
    const withClass = Object.assign(http(), { getHandler: undefined });
    const contexts = [bare([request(), {}]), incomplete, withClass, bare(decidedCall.getArgs())];
    for (const context of contexts) await callers.identify(context);
    await callers.keyOf(bare([request(), {}]));
    const open = { ...DEFAULT_POLICY, mode: 'public' };
    expect(asked.map(([, rules]) => rules)).toEqual([open, open, open, explicit, open]);
  });

  it('returns null and the key of the address for an unknown caller', async () => {
    const { callers } = lookUp(() => null);
    expect(await callers.identify(http())).toBeNull();
    expect(await callers.keyOf(http())).toBe('ip:192.0.2.1');
  });

  it('returns the key of the address for an API key without an owner', async () => {
    const { callers } = lookUp(() => new ApiKeyCaller({}));
    expect(await callers.keyOf(http())).toBe('ip:192.0.2.1');
  });

  it('rejects identify() during an outage, and then returns the key of the address', async () => {
    const { callers } = lookUp(() => {
      throw new Rejection('propelauth_unavailable');
    });
    await expect(callers.identify(http())).rejects.toMatchObject({
      reason: 'propelauth_unavailable',
    });
    expect(await callers.keyOf(http())).toBe('ip:192.0.2.1');
  });

  it('identifies the sender of a WebSocket string by credential, not by an earlier decision', async () => {
    const socket = {};
    decided({ user }, contextOf('ws', socket, 'first'));
    const { callers } = lookUp();
    const second = contextOf('ws', socket, 'second');
    expect(await callers.identify(second)).toMatchObject({ kind: 'api-key' });
    // Whoever counts must not ask.
    expect(await callers.keyOf(second)).toBe('user:user-alice');
  });

  it('returns the caller of the decision about this exact string', async () => {
    const { callers } = lookUp();
    expect(await callers.identify(decided({ apiKey }, contextOf('ws', {}, 'text')))).toMatchObject({
      kind: 'api-key',
      apiKey,
    });
  });
});
