import {
  Injectable,
  Optional,
  type CanActivate,
  type ExecutionContext,
  type OnModuleInit,
} from '@nestjs/common';
import { PropelAuthConfigurationError } from '../options/configuration.error.js';
import { MarkGuard, guardsOf, prependGuards, isPropelAuthGuard } from '../rules/guard-metadata.js';
import { AccessDecider } from './access-decider.js';
import { findDecision, openDecision } from '../decision/kept-decisions.js';
import { isSameClass } from '../rules/declared-method.js';
import { hasRule } from '../rules/is-under-rule.js';
import { exceptionForUnguarded } from '../rejections/unguarded-calls.js';
import { ApplicationConfig, ModuleRef, ModulesContainer } from '@nestjs/core';
import type { NestModule } from '../values/nest-module.js';

/**
 * The guard that makes every decision. Decorators such as `@RequireUser()` put it on their routes, so you rarely name it. With
 * `@UseGuards(PropelAuthGuard)` on a route without a decorator, or as a global guard (the option `requireUserByDefault`), it requires a
 * user.
 *
 * A subclass needs no constructor, because it can inject its dependencies as properties.
 *
 * It returns 401 without a valid access token if a user is required, 403 if an organization rule fails, and 503 while access tokens cannot
 * be verified.
 *
 * @example
 * ```ts
 * @Module({
 *   imports: [PropelAuthModule.forRoot({ authUrl, apiKey })],
 *   providers: [{ provide: APP_GUARD, useExisting: PropelAuthGuard }],
 * })
 * export class AppModule {}
 * ```
 *
 * @publicApi
 */
@Injectable()
@MarkGuard()
export class PropelAuthGuard implements CanActivate {
  /** @internal Nest's injector calls it. */
  constructor(@Optional() private readonly decider?: AccessDecider) {
    if (decider === undefined) throw new PropelAuthConfigurationError(describeLackOf(new.target));
  }

  /**
   * Allows a call, or throws the exception for the client. It never returns `false`.
   *
   * @param context the context of the call: of an HTTP route, a GraphQL resolver, a WebSocket gateway or a message handler
   * @returns `true`, or a promise of `true` while a token is being verified
   * @throws {PropelAuthUnauthorizedException} 401, {@link PropelAuthForbiddenException} 403 or {@link PropelAuthUnavailableException} 503.
   * In GraphQL it has `extensions`. Gateways throw a `WsException`, message handlers an `RpcException` and event handlers an
   * `IntrinsicException`, with it as the `cause`
   */
  canActivate(context: ExecutionContext): ReturnType<CanActivate['canActivate']> {
    return (this.decider as AccessDecider).decideFor(this, context);
  }
}

/** Knows whether the guard is a global one, so that handlers without a decorator require a user. */
@Injectable()
export class GlobalGuardCheck {
  // Private fields: logging this object must not print the whole application.
  readonly #applicationConfig: ApplicationConfig;
  readonly #moduleRef: ModuleRef;

  constructor(applicationConfig: ApplicationConfig, moduleRef: ModuleRef) {
    this.#applicationConfig = applicationConfig;
    this.#moduleRef = moduleRef;
  }

  /** Looks at the application itself, because the guard may be global without `requireUserByDefault`. */
  isRegistered(): boolean {
    return (
      this.isSingleton() ||
      this.#applicationConfig
        .getGlobalRequestGuards()
        .some(({ metatype }) => isPropelAuthGuard(metatype))
    );
  }

  /** Whether a single instance is the global guard. A global guard that Nest creates for each request does not reach gateways. */
  isSingleton(): boolean {
    const guards = this.#applicationConfig.getGlobalGuards();
    // Asked for each call of a handler without a rule.
    if (guards.length === 0) return false;
    // A test may have replaced the guard.
    const provided: unknown = this.#moduleRef.get(PropelAuthGuard);
    return guards.some((guard) => guard === provided || isPropelAuthGuard(guard));
  }
}

/**
 * The guard that the decorators put on classes and methods. It opens a decision only if the handler has a rule, and calls the provided
 * {@link PropelAuthGuard} only then, or if the guard is a global one: handlers without a rule reach the guard of their class as well.
 *
 * Without PropelAuthModule, startup fails and calls are rejected. The constructor does not throw, because the unit tests that the Nest CLI
 * writes create the class without the module, and neither start an application nor call one.
 */
@Injectable()
export class HandlerGuard implements CanActivate, OnModuleInit {
  // A private field: logging this object must not print the whole application.
  readonly #modules: ModulesContainer | undefined;

  constructor(
    @Optional() private readonly guard?: PropelAuthGuard,
    @Optional() private readonly globalGuardCheck?: GlobalGuardCheck,
    @Optional() modules?: ModulesContainer,
  ) {
    this.#modules = modules;
  }

  onModuleInit(): void {
    if (this.guard !== undefined) return;
    const { className, moduleName } = findGuarded(this, this.#modules);
    throw new PropelAuthConfigurationError(this.describeMissing(className, moduleName));
  }

  canActivate(context: ExecutionContext): ReturnType<CanActivate['canActivate']> {
    if (this.guard === undefined) {
      throw exceptionForUnguarded(context, (className) => this.describeMissing(className));
    }
    const isRuled = hasRule(context.getClass(), context.getHandler());
    if (!isRuled && this.globalGuardCheck?.isRegistered() === false) return true;
    // The sentinel looks for it, also where a test has replaced the guard.
    const decision = isRuled ? openDecision(context) : findDecision(context);
    // Already allowed, if the class and the method both have the guard.
    return decision?.isAllowed === true || this.guard.canActivate(context);
  }

  private describeMissing(className: string, moduleName?: string): string {
    const propelAuth = [...(this.#modules?.values() ?? [])].find(isPropelAuthModule);
    return `${className} has decorators of nestjs-propelauth, but ${describeMissingModule(propelAuth, moduleName)}`;
  }
}

/**
 * Follows the guard everywhere and rejects calls of handlers with a rule that have passed without it. Nest silently skips a guard class
 * without an instance; the sentinel is an object, so Nest always calls it. It belongs to no application: where only a global rule applies,
 * the startup checks say which handlers no guard reaches.
 */
const guardSentinel: CanActivate = Object.freeze({
  canActivate(context: ExecutionContext): true {
    const isRuled = hasRule(context.getClass(), context.getHandler());
    if (!isRuled || findDecision(context) !== undefined) return true;
    throw exceptionForUnguarded(context, describeDropped);
  },
});

function describeDropped(className: string): string {
  return (
    `Nest does not call guard classes for ${className}, so its calls return 500. Provide the class itself, as in ` +
    'providers: [ReportsResolver], instead of useFactory or useValue.'
  );
}

/** Puts the guard and its sentinel in front of all other guards of a class or function. */
export function placeHandlerGuard(subject: Function): void {
  prependGuards(subject, [HandlerGuard, guardSentinel]);
}

/** Whether Nest finds the guard on a class or function. */
export function hasHandlerGuard(subject: Function): boolean {
  return guardsOf(subject).includes(HandlerGuard);
}

/** The class that a decorator wrapped, where Nest 11.0.1 and 12.0.1 look for guards; else the class itself. */
export function innerClassOf(type: Function): Function {
  const { constructor } = (type.prototype ?? {}) as { constructor?: unknown };
  return typeof constructor === 'function' && isSameClass(constructor, type) ? constructor : type;
}

/** A class with decorators of this package and its module, in which Nest has made a guard. */
function findGuarded(
  guard: HandlerGuard,
  modules: ModulesContainer = new ModulesContainer(),
): { className: string; moduleName?: string } {
  for (const { name, injectables, controllers, providers } of modules.values()) {
    const wrapper = injectables.get(HandlerGuard);
    if (wrapper?.instance !== guard) continue;
    const guarded = [...controllers.values(), ...providers.values()].find((one) =>
      one.getEnhancersMetadata()?.includes(wrapper),
    );
    return { className: guarded?.name ?? 'A class', moduleName: name };
  }
  return { className: 'A class' };
}

/** Whether a module is the one of this package, or of another copy of it. */
function isPropelAuthModule({ name }: NestModule): boolean {
  return name === 'PropelAuthModule';
}

/** @param propelAuth the module, where the application imports it somewhere */
function describeMissingModule(propelAuth?: NestModule, moduleName = 'its module'): string {
  if (propelAuth === undefined) {
    return (
      'PropelAuthModule is not imported. Add PropelAuthModule.forRoot({ authUrl, apiKey }) to the imports of AppModule, and in a ' +
      'test, import AppModule and call overridePropelAuth(builder, { emulator }).'
    );
  }
  return propelAuth.providers.has(PropelAuthGuard)
    ? `${moduleName} does not import PropelAuthModule, which has isGlobal: false. Import it there, or remove isGlobal: false.`
    : 'the imported PropelAuthModule is of another copy of the package. Run npm ls nestjs-propelauth, and keep one copy.';
}

/** The error for a guard without its dependency. A subclass without parameters has the constructor of this one. */
function describeLackOf(type: Function): string {
  return type.length === 0 || type === PropelAuthGuard
    ? `${type.name} is used in a module that does not have PropelAuthModule. Add PropelAuthModule.forRoot({ authUrl, apiKey }) to the ` +
        'imports of AppModule; with isGlobal: false, import it there as well, and if npm ls nestjs-propelauth lists two copies, keep one.'
    : `${type.name} extends PropelAuthGuard and has a constructor, which replaces the dependencies of PropelAuthGuard. Inject its own as ` +
        'properties instead: @Inject(OrgsService) private readonly orgs!: OrgsService.';
}
