import { Logger, type CanActivate } from '@nestjs/common';
import type { ModulesContainer } from '@nestjs/core';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { fake } from '../../test/support/fake.js';
import { stopLogClock } from '../../test/support/fake-timers.js';
import { RecordingLogger } from '../../test/support/recording-logger.js';
import { callerRule, handle, writeOverMethod } from '../../test/support/written-rules.js';
import { findDecision, openDecision } from '../decision/kept-decisions.js';
import { guardsOf, prependGuards } from '../rules/guard-metadata.js';
import type { GlobalGuardCheck } from './propel-auth.guard.js';
import {
  HandlerGuard,
  hasHandlerGuard,
  innerClassOf,
  placeHandlerGuard,
  PropelAuthGuard,
} from './propel-auth.guard.js';

class Reports {
  show(this: void): void {}
}

class Ruled {
  show(this: void): void {}
}
handle(Ruled, 'show');
writeOverMethod(Ruled, 'show', callerRule('@RequireUser()'));

class Opened {
  show(this: void): void {}
}
handle(Opened, 'show');
writeOverMethod(Opened, 'show', callerRule('@Public()', 'public'));

/** The handler has no rule, another one has. */
class BesideRule {
  show(this: void): void {}
  other(this: void): void {}
}
handle(BesideRule, 'show', 'other');
writeOverMethod(BesideRule, 'other', callerRule('@RequireUser()'));

const withoutPrototype = (): void => {};

const contextOf = (type: typeof Reports = Reports, handler = type.prototype.show) =>
  new ExecutionContextHost([{ headers: {} }, {}], type, handler);

/** The guard that HandlerGuard calls. It rejects, so that the outcome shows which of the two decided. */
const rejecting = fake<PropelAuthGuard>({ canActivate: () => false });

const guardIn = (application: { isGuardGlobal: boolean }) =>
  new HandlerGuard(
    rejecting,
    fake<GlobalGuardCheck>({ isRegistered: () => application.isGuardGlobal }),
  );

/** The modules of an application: one with a guarded class, and perhaps one that calls itself PropelAuthModule. */
function modulesOf(guard: () => HandlerGuard, providers?: Map<unknown, unknown>) {
  const wrapper = {
    get instance() {
      return guard();
    },
  };
  const reports = { name: 'Reports', getEnhancersMetadata: () => [wrapper] };
  const orgs = {
    name: 'OrgsModule',
    injectables: new Map([[HandlerGuard, wrapper]]),
    controllers: new Map(),
    providers: new Map([[Reports, reports]]),
  };
  const none = new Map();
  const empty = { injectables: none, controllers: none, providers: none };
  const others = providers ? [{ ...empty, name: 'PropelAuthModule', providers }] : [];
  return new Map(
    [{ ...empty, name: 'Empty' }, ...others, orgs].map((module, index) => [`${index}`, module]),
  ) as unknown as ModulesContainer;
}

const missingModule =
  'PropelAuthModule is not imported. Add PropelAuthModule.forRoot({ authUrl, apiKey }) to the imports of AppModule, and in a test, import ' +
  'AppModule and call overridePropelAuth(builder, { emulator }).';
const notImported = (name: string) =>
  `${name} does not import PropelAuthModule, which has isGlobal: false. Import it there, or remove isGlobal: false.`;
const otherCopy =
  'the imported PropelAuthModule is of another copy of the package. Run npm ls nestjs-propelauth, and keep one copy.';

let log: RecordingLogger;

beforeEach(() => {
  stopLogClock();
  log = new RecordingLogger();
  Logger.overrideLogger(log);
});

describe('HandlerGuard', () => {
  it.each<[string, ReturnType<typeof contextOf>, boolean, unknown, boolean]>([
    ['decides calls under a rule', contextOf(Ruled), false, false, true],
    ['decides calls that a decorator opens', contextOf(Opened), false, false, true],
    ['decides calls of untraceable functions', contextOf(BesideRule, () => {}), false, false, true],
    ['decides every call under a global guard', contextOf(), true, false, false],
    ['allows calls without a rule', contextOf(), false, true, false],
    ['allows them beside a rule', contextOf(BesideRule), false, true, false],
  ])(
    '%s, and opens a decision for a rule alone',
    (_what, context, isGuardGlobal, outcome, isOpened) => {
      expect(guardIn({ isGuardGlobal }).canActivate(context)).toBe(outcome);
      expect(findDecision(context) !== undefined).toBe(isOpened);
    },
  );

  it('decides if it cannot find out whether there is a global guard', () => {
    expect(new HandlerGuard(rejecting).canActivate(contextOf())).toBe(false);
  });

  it('does not decide again about an allowed call', () => {
    const context = contextOf(Ruled);
    openDecision(context).outcome = true;
    expect(guardIn({ isGuardGlobal: false }).canActivate(context)).toBe(true);
  });

  it('decides again while a decision is pending', () => {
    const context = contextOf(Ruled);
    openDecision(context).outcome = new Promise(() => {});
    expect(guardIn({ isGuardGlobal: false }).canActivate(context)).toBe(false);
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

  it.each<[string, Map<unknown, unknown> | undefined, string, string]>([
    ['is not imported', undefined, missingModule, missingModule],
    [
      'is imported elsewhere',
      new Map([[PropelAuthGuard, {}]]),
      notImported('OrgsModule'),
      notImported('its module'),
    ],
    ['is of another copy', new Map(), otherCopy, otherCopy],
  ])('says that the module %s, at startup and for calls', (_what, providers, atStart, ofCalls) => {
    const guard: HandlerGuard = new HandlerGuard(
      undefined,
      undefined,
      modulesOf(() => guard, providers),
    );
    const decorated = 'Reports has decorators of nestjs-propelauth, but ';
    expect(() => guard.onModuleInit()).toThrow(`${decorated}${atStart}`);
    expect(() => guard.canActivate(contextOf())).toThrow(expect.objectContaining({ status: 500 }));
    expect(log.of('error')).toEqual([expect.stringContaining(`${decorated}${ofCalls}`)]);
  });

  it('names no class if it does not find the one that it guards', () => {
    const others = modulesOf(() => new HandlerGuard());
    for (const guard of [new HandlerGuard(undefined, undefined, others), new HandlerGuard()]) {
      expect(() => guard.onModuleInit()).toThrow(
        `A class has decorators of nestjs-propelauth, but ${missingModule}`,
      );
    }
  });

  it('names no class that is not in a list of its module', () => {
    const modules = modulesOf(() => guard);
    for (const module of modules.values()) module.providers.clear();
    const guard: HandlerGuard = new HandlerGuard(undefined, undefined, modules);
    expect(() => guard.onModuleInit()).toThrow('A class has decorators');
  });

  it('does not fail startup with the module', () => {
    expect(() => guardIn({ isGuardGlobal: false }).onModuleInit()).not.toThrow();
  });
});

describe('The sentinel behind HandlerGuard', () => {
  class Guarded {}
  placeHandlerGuard(Guarded);
  const sentinel = guardsOf(Guarded)[1] as CanActivate;

  it('passes calls that HandlerGuard has seen, and those without a rule', () => {
    const context = contextOf(Ruled);
    openDecision(context);
    expect(sentinel.canActivate(context)).toBe(true);
    expect(sentinel.canActivate(contextOf(BesideRule))).toBe(true);
  });

  it.each([
    ['under a rule', contextOf(class Dropped extends Ruled {})],
    ['that a decorator opens', contextOf(class Dropped extends Opened {})],
    ['of untraceable functions', contextOf(class Dropped extends BesideRule {}, () => {})],
  ])('rejects other calls %s, and logs why', (_which, context) => {
    expect(() => sentinel.canActivate(context)).toThrow(expect.objectContaining({ status: 500 }));
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
