import type { CanActivate } from '@nestjs/common';
import type { ApplicationConfig, ModuleRef } from '@nestjs/core';
import type { AccessDecider } from './access-decider.js';
import { GlobalGuardCheck } from './propel-auth.guard.js';
import { PropelAuthGuard } from './propel-auth.guard.js';

class Heir extends PropelAuthGuard {}
class Other {}

const provided = {};

function checkOf(guards: object[], requestGuards: object[] = []): GlobalGuardCheck {
  const config = {
    getGlobalGuards: () => guards,
    getGlobalRequestGuards: () => requestGuards,
  } as unknown as ApplicationConfig;
  const moduleRef = { get: (token: unknown) => token === PropelAuthGuard && provided };
  return new GlobalGuardCheck(config, moduleRef as unknown as ModuleRef);
}

describe('The global guard of an application', () => {
  const guard = new PropelAuthGuard({} as AccessDecider);
  const heir = new Heir({} as AccessDecider);

  it.each<[string, object[], object[], boolean, boolean]>([
    ['the guard', [new Other(), guard], [], true, true],
    ['a subclass of the guard', [heir], [], true, true],
    ['a replacement that a test provides', [provided], [], true, true],
    ['a request-scoped guard', [], [{ metatype: Other }, { metatype: Heir }], true, false],
    ['another', [new Other()], [{ metatype: Other }], false, false],
    ['none', [], [], false, false],
  ])('is found: %s', (_what, guards, requestGuards, isRegistered, isSingleton) => {
    const check = checkOf(guards, requestGuards);
    expect([check.isRegistered(), check.isSingleton()]).toEqual([isRegistered, isSingleton]);
  });
});

describe('PropelAuthGuard', () => {
  it('delegates to the decider, with itself as the guard', () => {
    const decided: unknown[] = [];
    const decider = {
      decideFor: (...given: unknown[]) => {
        decided.push(...given);
        return true;
      },
    } as unknown as AccessDecider;
    const guard: CanActivate = new Heir(decider);
    const context = {} as Parameters<CanActivate['canActivate']>[0];
    expect(guard.canActivate(context)).toBe(true);
    expect(decided).toEqual([guard, context]);
  });

  it.each([
    ['', PropelAuthGuard],
    [', also in a subclass without a constructor of its own', Heir],
  ])('throws without the module, with an error that says what to do%s', (_which, Guard) => {
    expect(() => new Guard()).toThrow(
      `${Guard.name} is used in a module that does not have PropelAuthModule. Add PropelAuthModule.forRoot({ authUrl, apiKey }) to ` +
        'the imports of AppModule; with isGlobal: false, import it there as well, and if npm ls nestjs-propelauth lists two copies, keep one.',
    );
  });

  it('says in a subclass with a constructor how to inject what the subclass needs', () => {
    class WithConstructor extends PropelAuthGuard {
      constructor(readonly orgs: object) {
        super();
      }
    }
    expect(() => new WithConstructor({})).toThrow(
      'WithConstructor extends PropelAuthGuard and has a constructor, which replaces the dependencies of PropelAuthGuard. Inject its ' +
        'own as properties instead: @Inject(OrgsService) private readonly orgs!: OrgsService.',
    );
  });
});
