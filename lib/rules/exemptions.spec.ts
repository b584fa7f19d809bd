import { Controller, Get, Module, type Type } from '@nestjs/common';
import { fake } from '../../test/support/fake.js';
import { RequireUser } from '../callers/user/require-user.decorator.js';
import { CurrentUser } from '../callers/user/current-user.decorator.js';
import type { NestModule } from '../values/nest-module.js';
import { Exemptions } from './exemptions.js';
import type { RoleLookUp } from './policy.js';

@Controller()
class Health {
  @Get()
  show() {}
}

@Controller()
class Tools {
  @Get()
  page() {}

  @Get()
  list() {}
}

@Controller()
class Mine {
  @Get()
  open() {}

  @Get()
  mine(@CurrentUser() _user: unknown) {}
}

@Controller()
class Paid {
  @Get()
  @RequireUser()
  show() {}
}

class Service {}

@Module({ controllers: [Health], providers: [Service, { provide: 'tools', useClass: Tools }] })
class Library {}

@Module({ providers: [{ provide: 'a', useValue: 1 }] })
class Empty {}

@Module({ controllers: [Health] })
class Other {}

class Application {}

class Unknown {}

/** The modules of an application, with the classes that each of them has. */
function modulesOf(classes: ReadonlyMap<Type, readonly Type[]>): Map<string, NestModule> {
  return new Map(
    [...classes].map(([metatype, types]) => [
      metatype.name,
      fake<NestModule>({
        metatype,
        controllers: new Map(types.map((type) => [type, { metatype: type }])),
        providers: new Map(),
      } as never),
    ]),
  );
}

const ofApplication: [Type, Type[]][] = [
  [Library, [Health, Tools, Service]],
  [Empty, []],
  [Application, [Mine, Paid]],
];
const roleOf: RoleLookUp = (_type, handler) =>
  handler.name === 'list' ? { isEndpoint: false, onlyKind: 'robot' } : undefined;

/** What else there is in an application: modules, and what libraries make of handlers. */
interface Also {
  readonly more?: [Type, Type[]][];
  readonly roleOf?: RoleLookUp;
}

/** What is wrong with a list of exceptions; `undefined` if nothing is. */
function mistakeIn(except: Type[], { more = [], roleOf: roles }: Also) {
  try {
    void new Exemptions(roles, modulesOf(new Map([...ofApplication, ...more])), except);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

describe('Classes that global rules do not apply to', () => {
  it('are those that the list names, and those that its modules name', () => {
    const named = new Exemptions(undefined, modulesOf(new Map(ofApplication)), [Library, Health]);
    expect([Health, Tools, Mine].map((type) => named.of(type))).toEqual([
      'Library and Health',
      'Library',
      undefined,
    ]);
    expect(new Exemptions().of(Health)).toBeUndefined();
  });

  it.each<[string, Type, string, Also]>([
    [
      'a class that no module declares',
      Unknown,
      'but no module of the application is or declares this class. Import the module that you mean',
      {},
    ],
    [
      'a module without handlers',
      Empty,
      'but its @Module() names no class with handlers. List the controllers that its forRoot() adds, or the module that declares them',
      {},
    ],
    [
      'a class without handlers',
      Service,
      'but this class has no handlers. List the controller, resolver or gateway',
      {},
    ],
    [
      'a class with one parameter of this package',
      Mine,
      'but Mine has decorators of nestjs-propelauth, so it belongs to the application. Write @Public() on the handlers that everyone may call',
      {},
    ],
    [
      'a class with one rule',
      Paid,
      'but Paid has decorators of nestjs-propelauth, so it belongs to the application. Write @Public() on the handlers that everyone may call',
      {},
    ],
    [
      'a class with one handler for callers of another kind alone',
      Tools,
      "but Tools has handlers for callers of the kind 'robot' alone, which cannot be exempted. Write @RequireCaller('robot') or @Public() on it",
      { roleOf },
    ],
    [
      'a class that another module has as well',
      Library,
      'but Other declares its Health as well. List Other or Health as well',
      { more: [[Other, [Health]]] },
    ],
  ])('cannot be %s', (_what, named, message, also) => {
    expect(mistakeIn([named], also)).toBe(
      `except lists ${named.name}, ${message}, or remove ${named.name} from the list.`,
    );
  });
});
