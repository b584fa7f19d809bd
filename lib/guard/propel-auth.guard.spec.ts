import { Logger, type CanActivate } from '@nestjs/common';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { fake } from '../../test/support/fake.js';
import { stopLogClock } from '../../test/support/fake-timers.js';
import { RecordingLogger } from '../../test/support/recording-logger.js';
import { openDecision } from '../decision/decision.js';
import { guardsOf, prependGuards } from '../rules/guard-metadata.js';
import type { Policies } from '../rules/policies.js';
import { DEFAULT_POLICY, type Policy } from '../rules/policy.js';
import type { GlobalGuardCheck } from './propel-auth.guard.js';
import {
  HandlerGuard,
  hasHandlerGuard,
  innerClassOf,
  placeHandlerGuard,
} from './propel-auth.guard.js';
import type { PropelAuthGuard } from './propel-auth.guard.js';

class Reports {
  show(this: void): void {}
}

const withoutPrototype = (): void => {};

const contextOf = (type: Function = Reports) =>
  new ExecutionContextHost([{ headers: {} }, {}], type as typeof Reports, Reports.prototype.show);

/** The guard that HandlerGuard calls. It rejects, so that the outcome shows which of the two decided. */
const rejecting = fake<PropelAuthGuard>({ canActivate: () => false });

/** A guard of a handler with these rules, and what it has looked up. */
function guardOf(policy: Partial<Policy>, isRegistered: boolean) {
  const asked: string[] = [];
  const guard = new HandlerGuard(
    rejecting,
    fake<Policies>({
      of: () => {
        asked.push('policy');
        return { ...DEFAULT_POLICY, ...policy };
      },
    }),
    fake<GlobalGuardCheck>({ isRegistered: () => isRegistered }),
  );
  return { asked, guard };
}

let log: RecordingLogger;

beforeEach(() => {
  stopLogClock();
  log = new RecordingLogger();
  Logger.overrideLogger(log);
});

describe('HandlerGuard', () => {
  it.each<[string, Partial<Policy>, boolean, boolean]>([
    ['decides calls under a rule', { isExplicit: true }, false, false],
    ['decides every call if the module requires a user', { isExplicit: false }, true, false],
    ['allows calls if neither requires anything', { isExplicit: false }, false, true],
  ])('%s', (_what, policy, isRegistered, outcome) => {
    expect(guardOf(policy, isRegistered).guard.canActivate(contextOf())).toBe(outcome);
  });

  it('decides if it cannot find out whether there is a global guard', () => {
    const guard = new HandlerGuard(rejecting, fake<Policies>({ of: () => DEFAULT_POLICY }));
    expect(guard.canActivate(contextOf())).toBe(false);
  });

  it('decides if the rules are unknown', () => {
    const guard = new HandlerGuard(rejecting);
    expect(guard.canActivate(contextOf())).toBe(false);
  });

  it('does not decide again about an allowed call', () => {
    const { asked, guard } = guardOf({ isExplicit: true }, false);
    const context = contextOf();
    openDecision(context).outcome = true;
    expect(guard.canActivate(context)).toBe(true);
    expect(asked).toEqual([]);
  });

  it('decides again while a decision is pending', () => {
    const { guard } = guardOf({ isExplicit: true }, false);
    const context = contextOf();
    openDecision(context).outcome = new Promise(() => {});
    expect(guard.canActivate(context)).toBe(false);
  });

  it('looks up the rules of a call once', () => {
    const { asked, guard } = guardOf({ isExplicit: true }, false);
    const context = contextOf();
    expect([guard.canActivate(context), guard.canActivate(context)]).toEqual([false, false]);
    expect(asked).toEqual(['policy']);
    expect(openDecision(context).policy).toMatchObject({ isExplicit: true });
  });

  it('fails startup and rejects calls without the module', () => {
    class WithoutModule extends Reports {}
    const guard = new HandlerGuard();
    const missing = /PropelAuthModule is not imported/;
    expect(() => guard.onModuleInit()).toThrow(missing);
    expect(() => guard.canActivate(contextOf(WithoutModule))).toThrow(
      expect.objectContaining({ status: 500 }),
    );
    expect(log.of('error')).toEqual([expect.stringMatching(/^WithoutModule has decorators/)]);
  });

  it('does not fail startup with the module', () => {
    expect(() => guardOf({}, false).guard.onModuleInit()).not.toThrow();
  });
});

describe('The sentinel behind HandlerGuard', () => {
  class Guarded {}
  placeHandlerGuard(Guarded);
  const sentinel = guardsOf(Guarded)[1] as CanActivate;

  it('passes calls that HandlerGuard has seen', () => {
    const context = contextOf();
    openDecision(context);
    expect(sentinel.canActivate(context)).toBe(true);
  });

  it('rejects other calls, and logs why', () => {
    class Dropped extends Reports {}
    expect(() => sentinel.canActivate(contextOf(Dropped))).toThrow(
      expect.objectContaining({ status: 500 }),
    );
    expect(log.of('error')).toEqual([
      expect.stringMatching(
        /^Nest does not call guard classes for Dropped, .*Provide the class itself.*useFactory or useValue/,
      ),
    ]);
  });

  it('cannot be changed', () => {
    expect(Object.isFrozen(sentinel)).toBe(true);
  });
});

describe('The position of the guard', () => {
  it('is before all other guards, once', () => {
    class Other {}
    class Subject {}
    prependGuards(Subject, [Other]);
    expect(hasHandlerGuard(Subject)).toBe(false);
    placeHandlerGuard(Subject);
    placeHandlerGuard(Subject);
    expect(hasHandlerGuard(Subject)).toBe(true);
    expect(guardsOf(Subject)).toEqual([HandlerGuard, expect.anything(), Other]);
  });

  it('is also on the class that a decorator wrapped', () => {
    const wrapped = new Proxy(Reports, {});
    class Constructorless {}
    Object.defineProperty(Constructorless.prototype, 'constructor', { value: 'none' });
    class Bare {}
    Object.setPrototypeOf(Bare.prototype, null);
    Reflect.deleteProperty(Bare.prototype, 'constructor');
    class Foreign {}
    Object.defineProperty(Foreign.prototype, 'constructor', { value: Reports });
    expect(innerClassOf(Reports)).toBe(Reports);
    expect(innerClassOf(wrapped)).toBe(Reports);
    expect(innerClassOf(withoutPrototype)).toBe(withoutPrototype);
    expect(innerClassOf(Constructorless)).toBe(Constructorless);
    expect(innerClassOf(Bare)).toBe(Bare);
    expect(innerClassOf(Foreign)).toBe(Foreign);
  });
});
