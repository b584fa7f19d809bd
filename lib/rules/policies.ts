import type { ExecutionContext, Type } from '@nestjs/common';
import type { OrgSourceOption } from '../options/org-source.interface.js';
import { hasGuard } from './guard-metadata.js';
import { UNTRACEABLE_POLICY, type Policy } from './policy.js';
import type { Callers } from './callers.js';
import { compilePolicy, levelsIn, type HandlerContext } from './compile-policy.js';
import { tracedName } from './declared-method.js';
import { Exemptions } from './exemptions.js';
import { hasUnknownRules } from './ruled-classes.js';
import { isRule, type HandlerLevels } from './rule.js';
import { onlyKindIn, type KindLookUp } from './verdicts.js';

// The key under which Nest keeps `@Sse()`, on the function that it names to guards.
const EVENT_STREAM_METADATA = '__sse__';

/** The policy of a handler for one class, linked to those for other classes. */
interface CompiledFor {
  readonly type: Type;
  readonly policy: Policy;
  readonly earlier: CompiledFor | undefined;
}

/** The policy of each handler, compiled when it is first asked for. */
export class Policies {
  readonly orgSource: OrgSourceOption;
  readonly kinds: KindLookUp;
  private compiled = new WeakMap<Function, CompiledFor>();

  /**
   * @param application what the application says about handlers, beside their rules
   * @param exemptions the classes of other libraries that `except` exempts. Default: none
   */
  constructor(
    private readonly application: HandlerContext,
    private readonly exemptions = new Exemptions(),
  ) {
    this.orgSource = application.orgSource;
    this.kinds = application.kinds;
  }

  /** Forgets all policies. Those from before the application was prepared may be wrong, because methods were not marked yet. */
  forget(): void {
    this.compiled = new WeakMap();
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

  /** Whether `except` exempts the handler, so that the guard makes no decision about its calls. */
  isExempt(type: Type, handler: Function): boolean {
    return this.ofHandler(type, handler).exemptedBy !== undefined;
  }

  /** The rules of a handler, by the places where they are written. */
  levelsOf(type: Type, name: string, handler: Function): HandlerLevels {
    return levelsIn(this.application, type, name, handler);
  }

  private compile(type: Type, handler: Function): Policy {
    const policy = this.compileTraced(type, handler);
    // A guard that the application itself puts on the class or method requires a user.
    const isExplicit = policy.isExplicit || [type, handler].some(hasGuard);
    const exemptedBy = isExplicit ? undefined : this.exemptionOf(type, handler);
    if (exemptedBy !== undefined) return { ...policy, isExplicit, exemptedBy };
    return {
      ...policy,
      isExplicit,
      ...(isExplicit && this.inOperation(type, handler)),
      ...(this.application.roleOf(type, handler)?.isEndpoint && { isEndpoint: true }),
      ...this.eventStreamOf(policy.callers, handler),
    };
  }

  private inOperation(type: Type, handler: Function): Pick<Policy, 'inOperation'> {
    if (!this.application.globalRules.some(isRule)) return {};
    const inOperation = this.compileTraced(type, handler, {
      ...this.application,
      isInOperation: true,
    });
    return { inOperation: { ...inOperation, isExplicit: true } };
  }

  private eventStreamOf(callers: Callers, handler: Function): Pick<Policy, 'eventStream'> {
    if (onlyKindIn(callers, this.kinds)?.mayGetStream) return { eventStream: 'maybe' };
    return Reflect.hasMetadata(EVENT_STREAM_METADATA, handler) ? { eventStream: 'always' } : {};
  }

  /** A function that is not a method of the exempted class may be one of the application's. */
  private exemptionOf(type: Type, handler: Function): string | undefined {
    const exemptedBy = this.exemptions.of(type);
    return tracedName(type, handler) === undefined ? undefined : exemptedBy;
  }

  /** If it is unknown which rules apply, all calls are rejected. */
  private compileTraced(type: Type, handler: Function, application = this.application): Policy {
    if (hasUnknownRules(type, handler)) return UNTRACEABLE_POLICY;
    const name = tracedName(type, handler) ?? '';
    return compilePolicy(type, name, handler, application);
  }
}
