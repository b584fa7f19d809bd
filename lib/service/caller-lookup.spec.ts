import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { fake } from '../../test/support/fake.js';
import { keepAllowed, openDecision } from '../decision/kept-decisions.js';
import { Rejection } from '../rejections/rejection.js';
import type { GlobalGuardCheck } from '../guard/propel-auth.guard.js';
import type { Policies } from '../rules/policies.js';
import { DEFAULT_POLICY } from '../rules/policy.js';
import type { CoreKind } from '../callers/core-kind.js';
import { IdentifiedCaller, type CallerIdentifier } from '../callers/caller-identifier.js';
import type { DescribedCaller } from '../types/caller.js';
import { CallerLookup } from './caller-lookup.js';
import { EVERYONE, USER } from '../rules/callers.js';

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

type Described = DescribedCaller & { readonly kind: string };

/** A caller whom the guard has let in, or a credential has identified. */
const known = ({ kind, ...caller }: Described): IdentifiedCaller =>
  new IdentifiedCaller(fake<CoreKind>({ name: kind, describe: () => caller }), {});

const ofUser: Described = { kind: 'user', userId: 'user-alice' };
const ofApiKey: Described = { kind: 'api-key', userId: 'user-bob' };

/** A call that the guard has let in. */
function decided(caller: Described | null, context = http()) {
  const identified = caller && known(caller);
  const decision = Object.assign(openDecision(context), { identified, isBegun: true });
  keepAllowed(decision);
  return context;
}

/** A look-up whose identifier says who calls, and writes down by which rules it was asked. */
function lookUp(
  answer: () => Described | null = () => ofApiKey,
  { policy = explicit, isGuardGlobal = false } = {},
) {
  const asked: unknown[][] = [];
  const noted = (question: string) => async (_context: unknown, rules: unknown) => {
    asked.push([question, rules]);
    const caller = answer();
    return caller && known(caller);
  };
  const callers = new CallerLookup(
    fake<Policies>({ of: () => policy }),
    fake<CallerIdentifier>({ find: noted('anyone'), recall: noted('known') }),
    fake<GlobalGuardCheck>({ isRegistered: () => isGuardGlobal }),
  );
  return { asked, callers };
}

describe('CallerLookup', () => {
  it('returns the caller that the guard allowed, and their key', async () => {
    const { asked, callers } = lookUp();
    const context = decided(ofUser);
    expect(await callers.identify(context)).toEqual({ ...ofUser, key: 'user:user-alice' });
    expect(await callers.keyOf(context)).toBe('user:user-alice');
    expect(asked).toEqual([]);
  });

  it('returns that caller to a pipe, which gets its own context', async () => {
    const ofRequest = request();
    decided({ kind: 'api-key', orgId: 'acme' }, contextOf('http', ofRequest));
    const { asked, callers } = lookUp();
    expect(await callers.identify(contextOf('http', ofRequest))).toMatchObject({ orgId: 'acme' });
    expect(asked).toEqual([]);
  });

  it('identifies the caller by credential and rules of the handler if the guard has no caller', async () => {
    for (const context of [http(), decided(null)]) {
      const { asked, callers } = lookUp();
      expect(await callers.identify(context)).toEqual({ ...ofApiKey, key: 'user:user-bob' });
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
      const policy = { ...DEFAULT_POLICY, callers: isGuardGlobal ? USER : EVERYONE };
      expect(asked).toEqual([
        ['anyone', policy],
        ['known', policy],
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
    const open = { ...DEFAULT_POLICY, callers: EVERYONE };
    expect(asked.map(([, rules]) => rules)).toEqual([open, open, open, explicit, open]);
  });

  it('accepts any caller of an exempt handler, and without a handler, under a global guard as well', async () => {
    const exempt = { ...DEFAULT_POLICY, exemptedBy: 'HealthModule' };
    const { asked, callers } = lookUp(undefined, { policy: exempt, isGuardGlobal: true });
    await callers.identify(http());
    await callers.identify(bare([request(), {}]));
    const open = { ...DEFAULT_POLICY, callers: EVERYONE };
    expect(asked.map(([, rules]) => rules)).toEqual([open, open]);
  });

  it('returns null and the key of the address for an unknown caller', async () => {
    const { callers } = lookUp(() => null);
    expect(await callers.identify(http())).toBeNull();
    expect(await callers.keyOf(http())).toBe('ip:192.0.2.1');
    const overIpv6 = { headers: {}, socket: { remoteAddress: '2001:db8:1:2::1' } };
    expect(await callers.keyOf(contextOf('http', overIpv6, {}))).toBe('ip:2001:db8:1:2');
  });

  it('returns the key of the address for an API key without an owner', async () => {
    const { callers } = lookUp(() => ({ kind: 'api-key' }));
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
    decided(ofUser, contextOf('ws', socket, 'first'));
    const { callers } = lookUp();
    const second = contextOf('ws', socket, 'second');
    expect(await callers.identify(second)).toMatchObject({ kind: 'api-key' });
    // Whoever counts must not ask.
    expect(await callers.keyOf(second)).toBe('user:user-alice');
  });

  it('returns the caller of the decision about this exact string', async () => {
    const { callers } = lookUp();
    const context = decided(ofUser, contextOf('ws', {}, 'text'));
    expect(await callers.identify(context)).toEqual({ ...ofUser, key: 'user:user-alice' });
  });
});
