import type { ModulesContainer } from '@nestjs/core';
import { guardsOf } from '../rules/guard-metadata.js';
import type { AccessDecider } from './access-decider.js';
import { GuardOverride } from './guard-override.js';
import { PropelAuthGuard } from './propel-auth.guard.js';

class Stub {}
const stub = new Stub();
const own = { providers: new Map<unknown, unknown>([[GuardOverride, {}]]) };
const ofOthers = {
  providers: new Map(),
  injectables: new Map([[PropelAuthGuard, { metatype: Stub }]]),
};

/** The guards that the decorators hand over to, once the application starts. */
function guardsUsed(injectables: Map<unknown, unknown>): unknown[] {
  const used: unknown[] = [];
  const modules = new Map<string, object>([
    ['other', ofOthers],
    ['own', { ...own, injectables }],
  ]);
  const decider = { useGuard: (guard: unknown) => used.push(guard) };
  new GuardOverride(
    modules as unknown as ModulesContainer,
    decider as unknown as AccessDecider,
  ).onModuleInit();
  return used;
}

describe('A guard that a test overrides', () => {
  it.each<[string, [unknown, unknown][], unknown[]]>([
    ['is called instead', [[PropelAuthGuard, { metatype: Stub, instance: stub }]], [stub]],
    [
      'is not looked up if none is overridden',
      [[PropelAuthGuard, { metatype: PropelAuthGuard, instance: {} }]],
      [],
    ],
    ['is not looked up if there is no guard', [], []],
  ])('%s', (_what, injectables, used) => {
    expect(guardsUsed(new Map(injectables))).toEqual(used);
  });

  it('is not required without a module', () => {
    const decider = {} as AccessDecider;
    const override = new GuardOverride(new Map() as ModulesContainer, decider);
    expect(() => override.onModuleInit()).not.toThrow();
  });

  it('can be found and replaced by Nest, because a class references it', () => {
    expect(guardsOf(GuardOverride)).toEqual([PropelAuthGuard]);
  });
});
