import type { ExecutionContext, Type } from '@nestjs/common';
import type { ModulesContainer } from '@nestjs/core';
import type { OrgSourceOption } from '../options/org-source.interface.js';
import { hasGuard } from './guard-metadata.js';
import { combinePolicies, isSamePolicy, UNTRACEABLE_POLICY, type Policy } from './policy.js';
import { compilePolicy } from './compile-policy.js';
import {
  declarationOf,
  handlerNames,
  isClass,
  markMethods,
  readReplacements,
  traceMethod,
  type DeclaredMethod,
} from './declared-method.js';
import { hideCallerTypes } from './caller-parameters.js';
import { levelsOf, type HandlerLevels } from './handler-levels.js';

/** A handler, under the name that Nest finds it. */
interface NamedHandler {
  readonly controller: Type;
  readonly name: string;
  readonly handler: Function;
}

/** The access to a handler as one class has it, and before it as others do. */
interface CompiledFor {
  readonly type: Type;
  readonly policy: Policy;
  readonly earlier: CompiledFor | undefined;
}

/** The access to each handler, compiled when it is first asked for. */
export class Policies {
  private readonly compiled = new WeakMap<Function, CompiledFor>();
  // A private field: printing this must not print all that the application is made of.
  readonly #modules: ModulesContainer;

  /** @param defaultSource where organization rules look when neither their level nor one outside of it names a source */
  constructor(
    private readonly defaultSource: OrgSourceOption,
    modules: ModulesContainer,
  ) {
    this.#modules = modules;
    for (const { metatype } of this.wrappers()) {
      if (!isClass(metatype)) continue;
      // Before Nest hands the functions to tools that wrap them.
      markMethods(metatype);
      // Before Nest reads the types for its pipes.
      hideCallerTypes(metatype);
    }
  }

  /** The rules of a handler that Nest finds under a name, by the places where they are written. */
  levelsOf({ controller, name, handler }: NamedHandler): HandlerLevels {
    const method = declarationOf(controller, name) ?? { owner: controller, name };
    return levelsOf(controller, method, handler);
  }

  /** Finds the functions by which constructors of singletons have replaced their handlers. */
  readReplacements(): void {
    for (const { instance } of this.wrappers()) {
      const type = classOfInstance(instance);
      if (type !== undefined) readReplacements(instance as object, type);
    }
  }

  /** The rules for the handler of a context. */
  of(context: ExecutionContext): Policy {
    return this.ofHandler(context.getClass(), context.getHandler());
  }

  /** The rules for a handler as that class has it: an inherited handler stands under the rules of each heir. */
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
        : this.compileUntraced(type, handler);
    // A guard that the application itself has put there requires a user.
    return policy.isExplicit || !hasGuard(type, handler) ? policy : { ...policy, isExplicit: true };
  }

  private compileMethod(type: Type, method: DeclaredMethod, handler: Function): Policy {
    return compilePolicy(type, method, handler, this.defaultSource);
  }

  /** Where all handlers of the class have the same access, it does not matter which one this is. */
  private compileUntraced(type: Type, handler: Function): Policy {
    const methods = handlerNames(type).flatMap((name) => declarationOf(type, name) ?? []);
    // A class without any has its own rules alone.
    const [first = { owner: type, name: '' }, ...others] = methods;
    const policy = this.compileMethod(type, first, handler);
    return others.every((other) => isSamePolicy(policy, this.compileMethod(type, other, handler)))
      ? policy
      : UNTRACEABLE_POLICY;
  }

  private wrappers() {
    return [...this.#modules.values()].flatMap(({ controllers, providers }) => [
      ...controllers.values(),
      ...providers.values(),
    ]);
  }
}

/** The class that Nest tells guards of. */
function classOfInstance(instance: unknown): Type | undefined {
  if (typeof instance !== 'object' || instance === null) return undefined;
  const { constructor } = instance;
  return isClass(constructor) ? constructor : undefined;
}
