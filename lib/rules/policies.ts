import type { ExecutionContext, Type } from '@nestjs/common';
import { opensEventStream } from './handler-kinds.js';
import { isMcpEndpoint } from './mcp-nest.js';
import { hasGuard } from './guard-metadata.js';
import { combinePolicies, isSamePolicy, UNTRACEABLE_POLICY, type Policy } from './policy.js';
import { compilePolicy, type DefaultOrgSources } from './compile-policy.js';
import {
  declarationOf,
  handlerNames,
  traceMethod,
  type DeclaredMethod,
} from './declared-method.js';
import { levelsOf, type HandlerLevels } from './handler-levels.js';

/** A handler, under the name that Nest finds it. */
interface NamedHandler {
  readonly controller: Type;
  readonly name: string;
  readonly handler: Function;
}

/** The policy of a handler for one class, and before it those for others. */
interface CompiledFor {
  readonly type: Type;
  readonly policy: Policy;
  readonly earlier: CompiledFor | undefined;
}

/** The policy of each handler, compiled when it is first asked for. */
export class Policies {
  private compiled = new WeakMap<Function, CompiledFor>();

  /**
   * The policies of functions without their own rules, by class: constructors of request-scoped classes bind them again for each request.
   */
  private ofUntraced = new WeakMap<Type, Policy>();

  /** @param defaultSources where organization rules look when neither their level nor one outside of it names a source */
  constructor(readonly defaultSources: DefaultOrgSources) {}

  /** Forgets what was compiled before the application was prepared: constructors may have replaced handlers. */
  forget(): void {
    this.compiled = new WeakMap();
    this.ofUntraced = new WeakMap();
  }

  /** The rules of a handler that Nest finds under a name, by level. */
  levelsOf({ controller, name, handler }: NamedHandler): HandlerLevels {
    const method = declarationOf(controller, name) ?? { owner: controller, name };
    return levelsOf(controller, method, handler);
  }

  /** The policy of the handler of a context. */
  of(context: ExecutionContext): Policy {
    return this.ofHandler(context.getClass(), context.getHandler());
  }

  /** The policy of a handler for this class: a class that inherits a handler may have more rules. */
  ofHandler(type: Type, handler: Function): Policy {
    const latest = this.compiled.get(handler);
    for (let known = latest; known !== undefined; known = known.earlier) {
      if (known.type === type) return known.policy;
    }
    const policy = this.compile(type, handler);
    this.compiled.set(handler, { type, policy, earlier: latest });
    return policy;
  }

  private compile(type: Type, handler: Function): Policy {
    const methods = traceMethod(type, handler);
    const policy =
      methods.length > 0
        ? combinePolicies(methods.map((method) => this.compileMethod(type, method, handler)))
        : this.ofUntracedHandler(type, handler);
    // A guard that the application itself has put there requires a user.
    const isExplicit = policy.isExplicit || [type, handler].some(hasGuard);
    if (opensEventStream(handler)) return { ...policy, isExplicit, opensEventStream: true };
    if (isMcpEndpoint(type)) return { ...policy, isExplicit, isMcpEndpoint: true };
    if (policy.mode === 'mcp') return { ...policy, isExplicit, mayRespondWithStream: true };
    return policy.isExplicit === isExplicit ? policy : { ...policy, isExplicit };
  }

  private compileMethod(type: Type, method: DeclaredMethod, handler: Function): Policy {
    return compilePolicy(type, method, handler, this.defaultSources);
  }

  private ofUntracedHandler(type: Type, handler: Function): Policy {
    if (Reflect.getOwnMetadataKeys(handler).length > 0) return this.compileUntraced(type, handler);
    const policy = this.ofUntraced.get(type) ?? this.compileUntraced(type, handler);
    this.ofUntraced.set(type, policy);
    return policy;
  }

  /** Where all handlers of the class have the same policy, it does not matter which one this is. */
  private compileUntraced(type: Type, handler: Function): Policy {
    const methods = handlerNames(type).flatMap((name) => declarationOf(type, name) ?? []);
    // A class without any has its own rules alone.
    const [first = { owner: type, name: '' }, ...others] = methods;
    const policy = this.compileMethod(type, first, handler);
    return others.every((other) => isSamePolicy(policy, this.compileMethod(type, other, handler)))
      ? policy
      : UNTRACEABLE_POLICY;
  }
}
