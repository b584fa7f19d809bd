import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { ResolvedOptions } from '../options/resolved-options.js';
import type { Call } from '../transports/call.js';
import { callOf } from '../transports/call-of.js';
import { mayReadMessages } from '../transports/built-in-token-sources.js';
import { Policies } from '../rules/policies.js';
import { CallerIdentifier, IdentifiedCaller } from '../callers/caller-identifier.js';
import type { Policy } from '../rules/policy.js';
import type { RuleCheck } from '../rules/rule.js';
import { RuleProviders } from './rule-providers.js';
import { Decision } from '../decision/decision.js';
import { findDecision, keepAllowed, keepDecision } from '../decision/kept-decisions.js';
import { DecisionReporter } from '../decision/decision-reporter.js';
import { CallerAccounts } from '../rules/account/caller-accounts.js';
import { CallTools } from '../transports/call-tools.js';
import { keepStreams } from './decided-streams.js';
import { Hooks } from '../plugins/hooks.js';
import { Rejections } from './rejections.js';
import { exceptionForUntraceable } from '../rejections/unguarded-calls.js';
import { Rejection } from '../rejections/rejection.js';

/** Decides about calls of handlers: identifies the caller and checks the rules, once for each execution context. */
@Injectable()
export class AccessDecider {
  private guard: CanActivate | undefined;
  private watch: ((decision: Decision) => void) | undefined;

  constructor(
    private readonly policies: Policies,
    private readonly callers: CallerIdentifier,
    private readonly services: RuleProviders,
    private readonly options: ResolvedOptions,
    private readonly reporter: DecisionReporter,
    private readonly rejections: Rejections,
    private readonly tools: CallTools,
    private readonly accounts: CallerAccounts,
    private readonly hooks: Hooks,
  ) {}

  /** Makes all guards hand over to this one. The module calls it, and again for a guard that a test puts in place of the module's. */
  useGuard(guard: CanActivate): void {
    this.guard = guard;
  }

  /** Shows every allowed call to a warning for development. */
  watchAllowed(watch: (decision: Decision) => void): void {
    this.watch = watch;
  }

  /**
   * Decides for a guard. Nest creates a guard for each module that has a guarded route. All of them hand over to the guard that
   * PropelAuthModule provides, so that a test or an application that replaces this guard replaces all of them.
   */
  decideFor(guard: CanActivate, context: ExecutionContext): ReturnType<CanActivate['canActivate']> {
    if (this.guard === undefined || this.guard === guard) return this.decide(context);
    return this.guard.canActivate(context);
  }

  /**
   * @returns `true` itself when nothing has to be waited for, so that Nest need not wait either
   * @throws the exception for a rejected call
   */
  decide(context: ExecutionContext): true | Promise<true> {
    const known = findDecision(context);
    if (known?.isBegun === true) return replay(known);
    const decision = known ?? new Decision(callOf(context));
    decision.isBegun = true;
    try {
      decision.policy = this.policyOf(decision.call);
      if (this.needsNoDecision(decision.call, decision.policy)) {
        decision.isBegun = false;
        return true;
      }
      if (known === undefined) keepDecision(decision);
      if (this.hooks.policyBefore !== undefined) {
        decision.policy = this.hooks.policyBefore(decision.policy, decision, this.policies);
      }
      // If access changes from here on, the streams of the call end.
      if (decision.mayOpenStream) decision.begunAt = this.tools.streams.now;
      const outcome = this.evaluate(decision, decision.policy);
      if (outcome !== true) return (decision.outcome = this.settle(decision, outcome));
      keepAllowed(decision);
      return true;
    } catch (error) {
      throw this.reject(decision, error);
    }
  }

  /** The rules of the handler that is called. */
  protected policyOf({ context }: Call): Policy {
    return this.policies.of(context);
  }

  private async settle(decision: Decision, outcome: Promise<true>): Promise<true> {
    try {
      await outcome;
      keepAllowed(decision);
      return true;
    } catch (error) {
      throw this.reject(decision, error);
    }
  }

  private reject(decision: Decision, error: unknown): unknown {
    decision.reject(this.rejections.reject(decision, error));
    return decision.rejection;
  }

  /**
   * Whether a global rule does not apply to a handler without a rule of its own: the application exempts its class or ignores its type of
   * calls, or it is a field of an operation that was decided about.
   */
  private needsNoDecision(call: Call, { isExplicit, exemptedBy }: Policy): boolean {
    if (isExplicit) return false;
    if (exemptedBy !== undefined || this.isIgnored(call.context)) return true;
    call.assertDecidable();
    return call.decidedOperation !== undefined;
  }

  private evaluate(decision: Decision, policy: Policy): true | Promise<true> {
    const { call, context } = decision;
    const { callers } = policy;
    call.assertDecidable();
    this.hooks.before?.(decision);
    if ('everyone' in callers) return this.checkRules(decision, policy);
    if ('rejects' in callers && callers.rejects === 'untraceable') {
      throw exceptionForUntraceable(context);
    }
    // Decisions about strings and numbers are kept by connection, but what the application reads may differ between messages.
    if (call.objects.length === 0 && this.dependsOnCall(policy, call)) {
      throw new Rejection('message_not_object');
    }
    if ('rejects' in callers) throw new Rejection('rules_contradict');
    const caller = this.callers.identify(call, policy);
    return caller === null || caller instanceof IdentifiedCaller
      ? this.checkCaller(decision, policy, caller)
      : caller.then((identified) => this.checkCaller(decision, policy, identified));
  }

  /** @throws the rejection, when a rule about the known caller fails */
  private checkCaller(
    decision: Decision,
    whole: Policy,
    caller: IdentifiedCaller | null,
  ): true | Promise<true> {
    if (caller === null) return this.checkRules(decision, whole);
    const { inOperation } = whole;
    // Without global rules, no operation is looked for.
    const isMet = inOperation !== undefined && isCallerOfOperation(decision.call, caller);
    const policy = isMet ? inOperation : whole;
    decision.keepCaller(caller);
    for (const { type, combined } of policy.checks) type.precheck?.(decision, combined);
    const { kind, identity } = caller;
    if (kind.refresh === undefined) return this.checkRules(decision, policy);
    return kind.refresh(identity, policy).then((present) => {
      decision.keepCaller(caller.with(present));
      return this.checkRules(decision, policy);
    });
  }

  /** Checks the rules in turn, without a promise until one of them returns one. */
  private checkRules(decision: Decision, { checks }: Policy): true | Promise<true> {
    for (const [index, { type, combined }] of checks.entries()) {
      const pending = type.check?.(decision, combined, this.services);
      if (pending !== undefined) return this.checkRest(decision, pending, checks.slice(index + 1));
    }
    return this.letIn(decision);
  }

  private async checkRest(
    decision: Decision,
    pending: Promise<void>,
    checks: readonly RuleCheck[],
  ): Promise<true> {
    await pending;
    for (const { type, combined } of checks) {
      await type.check?.(decision, combined, this.services);
    }
    return this.letIn(decision);
  }

  /** Whether the application finds the token or checks a rule by what it reads, which may differ from one message to the next. */
  private dependsOnCall({ tokenSources, checks }: Policy, call: Call): boolean {
    return (
      tokenSources.some(mayReadMessages) ||
      checks.some(({ type, combined }) => type.dependsOnCall?.(combined)) ||
      (call.takesTokenSource && mayReadMessages(this.options.tokenSource))
    );
  }

  /** Whether the application guards the calls of a library in another way. */
  private isIgnored(context: ExecutionContext): boolean {
    return this.options.ignoreContextTypes.includes(context.getType());
  }

  private letIn(decision: Decision): true {
    this.hooks.allowed?.(decision);
    decision.accounts = this.accounts;
    decision.call.noteAllowed(decision);
    if (decision.mayOpenStream) keepStreams(decision, this.tools);
    if (this.reporter.isListening) this.reporter.allowed(decision);
    this.watch?.(decision);
    return true;
  }
}

/** Whether the operation of a field was decided about for the same caller. A public one was decided about for nobody. */
function isCallerOfOperation({ decidedOperation }: Call, caller: IdentifiedCaller): boolean {
  const ofOperation = decidedOperation?.identified;
  return ofOperation instanceof IdentifiedCaller && ofOperation.isSame(caller);
}

function replay(decision: Decision): true | Promise<true> {
  if (decision.outcome === undefined) throw decision.rejection;
  return decision.outcome;
}
