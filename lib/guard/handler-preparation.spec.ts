import { Controller, Get, type Type } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import type { Module } from '@nestjs/core/injector/module.js';
import { Query, Resolver, Subscription } from '@nestjs/graphql';
import { CurrentUser, Public, RequireUser, type User } from 'nestjs-propelauth';
import { markOf } from '../rules/declared-method.js';
import { guardsOf } from '../rules/guard-metadata.js';
import { hasSubscriptionInterceptor } from '../transports/graphql/subscription-streams.js';
import { HandlerGuard, hasHandlerGuard, placeHandlerGuard } from './propel-auth.guard.js';
import { HandlerPreparation } from './handler-preparation.js';

/** Functions of a class by their names. */
const methodOf = (type: Type, name: string) =>
  (type.prototype as Record<string, Function>)[name] as Function;

interface Wrapper {
  readonly metatype?: unknown;
  readonly instance?: unknown;
  readonly isNotMetatype?: boolean;
}

/** Prepares an application of one module. */
function prepare({
  controllers = [],
  providers = [],
}: {
  controllers?: Wrapper[];
  providers?: Wrapper[];
}) {
  const mapOf = (wrappers: Wrapper[]) => new Map(wrappers.map((one, index) => [index, one]));
  const modules = new ModulesContainer();
  const app = { controllers: mapOf(controllers), providers: mapOf(providers) };
  modules.set('app', app as unknown as Module);
  return { preparation: new HandlerPreparation(modules) };
}

/** The Proxy of a class, which has no metadata of the class, and the class. */
function wrapped(): { inner: Type; type: Type } {
  @Controller()
  class Reports {
    @Get()
    @RequireUser()
    report(this: void) {}
  }
  return { inner: Reports, type: new Proxy(Reports, {}) };
}

describe('Before startup, a class', () => {
  it.each(['controllers', 'providers'] as const)(
    'among the %s that a decorator wrapped gets the guard, once',
    (kind) => {
      const { type } = wrapped();
      prepare({ [kind]: [{ metatype: type }] });
      prepare({ [kind]: [{ metatype: type }] });
      expect(guardsOf(type).filter((guard) => guard === HandlerGuard)).toHaveLength(1);
    },
  );

  it('without a rule about callers gets no guard', () => {
    class Open {
      @Get()
      @Public()
      open(this: void) {}
    }
    prepare({ controllers: [{ metatype: Open }] });
    expect(hasHandlerGuard(Open)).toBe(false);
  });

  it('that a decorator wrapped gets the guard on both classes if one lacks it', () => {
    const { inner, type } = wrapped();
    Reflect.deleteMetadata('__guards__', inner);
    placeHandlerGuard(type);
    prepare({ providers: [{ metatype: type }] });
    expect([inner, type].map(hasHandlerGuard)).toEqual([true, true]);
  });

  it('has its methods marked, so that wrappers can be traced to them', () => {
    class Reports {
      @Get()
      list(this: void) {}
    }
    prepare({ controllers: [{ metatype: Reports }] });
    expect(markOf(methodOf(Reports, 'list'))).toEqual({ owner: Reports, name: 'list' });
  });

  it('has the types of its caller parameters hidden', () => {
    class Reports {
      @Get()
      list(@CurrentUser() _user: User) {}
    }
    Reflect.defineMetadata('design:paramtypes', [String], Reports.prototype, 'list');
    prepare({ controllers: [{ metatype: Reports }] });
    expect(Reflect.getMetadata('design:paramtypes', Reports.prototype, 'list')).toEqual([Object]);
  });

  it('has only its subscriptions watched', () => {
    @Resolver()
    class Feed {
      @Subscription(() => String)
      events(this: void) {}
      @Query(() => String)
      latest(this: void) {}
    }
    prepare({ providers: [{ metatype: Feed }] });
    expect(hasSubscriptionInterceptor(methodOf(Feed, 'events'))).toBe(true);
    expect(hasSubscriptionInterceptor(methodOf(Feed, 'latest'))).toBe(false);
  });

  it('may be absent: values and functions are ignored', () => {
    const { preparation } = prepare({
      providers: [
        { metatype: undefined },
        { metatype: () => ({}) },
        { metatype: null, instance: null },
      ],
    });
    expect(() => preparation.prepareInstances()).not.toThrow();
  });
});

describe('After instantiation,', () => {
  it('the methods of an instance from a factory are marked, and not those of the factory', () => {
    class Factory {
      @Get()
      list(this: void) {}
    }
    class Reports {
      @Get()
      list(this: void) {}
    }
    const { preparation } = prepare({
      providers: [
        { metatype: Factory, isNotMetatype: true, instance: new Reports() },
        { metatype: () => ({}), isNotMetatype: true, instance: 'text' },
        { instance: null },
      ],
    });
    preparation.prepareInstances();
    expect(markOf(methodOf(Reports, 'list'))).toEqual({ owner: Reports, name: 'list' });
  });

  it('the subscriptions of an instance from a factory are watched', () => {
    @Resolver()
    class Feed {
      @Subscription(() => String)
      events(this: void) {}
    }
    const { preparation } = prepare({
      providers: [{ metatype: () => ({}), isNotMetatype: true, instance: new Feed() }],
    });
    expect(hasSubscriptionInterceptor(methodOf(Feed, 'events'))).toBe(false);
    preparation.prepareInstances();
    expect(hasSubscriptionInterceptor(methodOf(Feed, 'events'))).toBe(true);
  });
});
