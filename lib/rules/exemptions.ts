import type { Type } from '@nestjs/common';
import { PropelAuthConfigurationError } from '../options/configuration.error.js';
import { classOf, isClass } from '../values/provided-class.js';
import { readCallerParameters } from './caller-parameters.js';
import { handlerNames, hasHandlers, isSameClass } from './declared-method.js';
import { hasGuard } from './guard-metadata.js';
import type { RoleLookUp } from './policy.js';
import { hasRules } from './ruled-classes.js';
import type { NestModule } from '../values/nest-module.js';
import { methodOf } from '../values/class-methods.js';

/**
 * The classes of other libraries that the option `except` exempts, with the names that exempt them. A module stands for the classes in
 * its `@Module()`. The classes that its `forRoot()` adds are not exempted, because they may be classes of the application.
 */
export class Exemptions {
  /** The names in the option, by the prototype of the class. A decorator may have replaced the class by a `Proxy`. */
  private readonly names = new Map<object, string[]>();

  readonly #modules: readonly NestModule[];

  /**
   * @param roleOf what a library makes of a handler
   * @param except the modules, controllers, resolvers and gateways of the option
   * @throws {PropelAuthConfigurationError} for a class that the application does not have, that has no handlers, or that may belong to the
   * application itself
   */
  constructor(
    private readonly roleOf: RoleLookUp = () => undefined,
    modules: ReadonlyMap<string, NestModule> = new Map(),
    private readonly except: readonly Type[] = [],
  ) {
    this.#modules = [...modules.values()];
    except.forEach((named) => this.exempt(named));
  }

  /** The names in the option that exempt a class, such as `HealthModule`; `undefined` if none does. */
  of(type: Type): string | undefined {
    return this.names.get(type.prototype as object)?.join(' and ');
  }

  private exempt(named: Type): void {
    const isModule = this.#modules.some(({ metatype }) => metatype === named);
    if (!isModule && this.modulesOf(named).length === 0) throw mistake(named, UNKNOWN);
    const types = (isModule ? classesIn(named) : [named]).filter(hasHandlers);
    if (types.length === 0) throw mistake(named, isModule ? EMPTY_MODULE : NO_HANDLER);
    for (const type of types) {
      if (isDecorated(type)) throw mistake(named, describeDecorated(type));
      const onlyKind = this.onlyKindOf(type);
      if (onlyKind !== undefined) throw mistake(named, describeOnly(type, onlyKind));
      this.assertNotShared(type, named);
      const prototype = type.prototype as object;
      this.names.set(prototype, [...(this.names.get(prototype) ?? []), named.name]);
    }
  }

  /** The only kind of callers that a library serves with a handler of the class. */
  private onlyKindOf(type: Type): string | undefined {
    const roles = handlerNames(type).map((name) => this.roleOf(type, methodOf(type, name)));
    return roles.find((role) => role !== undefined)?.onlyKind;
  }

  /** Guards see the class of a handler, and not through which of several modules it is called. */
  private assertNotShared(type: Type, named: Type): void {
    if (this.except.includes(type)) return;
    const other = this.modulesOf(type).find(({ metatype }) => !this.except.includes(metatype));
    if (other !== undefined) throw mistake(named, describeShared(type, other.metatype));
  }

  private modulesOf(type: Type): NestModule[] {
    return this.#modules.filter(({ controllers, providers }) =>
      [...controllers.values(), ...providers.values()].some((wrapper) => {
        const provided = classOf(wrapper);
        return provided !== undefined && isSameClass(provided, type);
      }),
    );
  }
}

/** The classes that the `@Module()` of a module names. */
function classesIn(module: Type): Type[] {
  return ['controllers', 'providers'].flatMap((key) => {
    const named = (Reflect.getMetadata(key, module) ?? []) as readonly unknown[];
    return named
      .map((entry) => (isClass(entry) ? entry : (Object(entry) as { useClass?: unknown }).useClass))
      .filter(isClass);
  });
}

/** Whether a class has decorators of this package, which only an application writes. */
function isDecorated(type: Type): boolean {
  return (
    hasRules(type) ||
    hasGuard(type) ||
    handlerNames(type).some(
      (name) => hasGuard(methodOf(type, name)) || readCallerParameters(type, name).length > 0,
    )
  );
}

function mistake({ name }: Type, problem: string): PropelAuthConfigurationError {
  return new PropelAuthConfigurationError(
    `except lists ${name}, ${problem}, or remove ${name} from the list.`,
  );
}

const UNKNOWN =
  'but no module of the application is or declares this class. Import the module that you mean';

const EMPTY_MODULE =
  'but its @Module() names no class with handlers. List the controllers that its forRoot() adds, or the module that declares them';

const NO_HANDLER = 'but this class has no handlers. List the controller, resolver or gateway';

function describeDecorated({ name }: Type): string {
  return (
    `but ${name} has decorators of nestjs-propelauth, so it belongs to the application. Write @Public() on the handlers that ` +
    'everyone may call'
  );
}

function describeOnly({ name }: Type, kind: string): string {
  return (
    `but ${name} has handlers for callers of the kind '${kind}' alone, which cannot be exempted. Write @RequireCaller('${kind}') or ` +
    '@Public() on it'
  );
}

function describeShared({ name }: Type, other: Function): string {
  return `but ${other.name} declares its ${name} as well. List ${other.name} or ${name} as well`;
}
