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
import { findDecision, openDecision, type Decision } from '../decision/decision.js';
import { Policies } from '../rules/policies.js';
import { isSameClass } from '../rules/declared-method.js';
import { exceptionForUnguarded } from '../rejections/unguarded-calls.js';
import { ApplicationConfig, ModuleRef } from '@nestjs/core';

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
    if (decider === undefined) throw new PropelAuthConfigurationError(describeMissingModule());
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
    // A test may have replaced the guard.
    const provided: unknown = this.#moduleRef.get(PropelAuthGuard);
    return this.#applicationConfig
      .getGlobalGuards()
      .some((guard) => guard === provided || isPropelAuthGuard(guard));
  }
}

/**
 * The guard that the decorators put on classes and methods. It calls the provided {@link PropelAuthGuard} only if the handler has a
 * rule, or if the guard is a global one: handlers without a rule reach the guard of their class as well.
 *
 * Without PropelAuthModule, startup fails and calls are rejected. The constructor does not throw, because the unit tests that the Nest CLI
 * writes create the class without the module, and neither start an application nor call one.
 */
@Injectable()
export class HandlerGuard implements CanActivate, OnModuleInit {
  constructor(
    @Optional() private readonly guard?: PropelAuthGuard,
    @Optional() private readonly policies?: Policies,
    @Optional() private readonly globalGuardCheck?: GlobalGuardCheck,
  ) {}

  onModuleInit(): void {
    if (this.guard === undefined) throw new PropelAuthConfigurationError(describeMissingModule());
  }

  canActivate(context: ExecutionContext): ReturnType<CanActivate['canActivate']> {
    if (this.guard === undefined) throw exceptionForUnguarded(context, describeMissingModule);
    const decision = openDecision(context);
    // Already allowed, if the class and the method both have the guard.
    if (decision.outcome === true || this.hasNothingToCheck(decision)) return true;
    return this.guard.canActivate(context);
  }

  /** Whether any caller is accepted: no decorator and no module option has a rule. */
  private hasNothingToCheck(decision: Decision): boolean {
    decision.policy ??= this.policies?.of(decision.context);
    return decision.policy?.isExplicit === false && this.globalGuardCheck?.isRegistered() === false;
  }
}

/**
 * Follows the guard everywhere and rejects calls that have passed without it. Nest silently skips a guard class without an instance; the
 * sentinel is an object, so Nest always calls it.
 */
const guardSentinel: CanActivate = Object.freeze({
  canActivate(context: ExecutionContext): true {
    if (findDecision(context) !== undefined) return true;
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

/** The error for a class that has rules or PropelAuthGuard, but no PropelAuthModule. */
export function describeMissingModule(className = 'A class'): string {
  return (
    `${className} has decorators of nestjs-propelauth or PropelAuthGuard, but PropelAuthModule is not imported. Import ` +
    'PropelAuthModule.forRoot() in the root module; with isGlobal: false, also in the module of the class.\n' +
    '- In a test: import PropelAuthModule.forRoot(issuer.moduleOptions) with a TestIssuer.\n' +
    '- If it is imported: two copies of the package are installed. npm ls nestjs-propelauth lists them.'
  );
}
