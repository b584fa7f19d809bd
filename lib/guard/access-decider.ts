import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { ResolvedOptions } from '../options/resolved-options.js';
import type { AnnotationTarget, Call } from '../transports/call.js';
import { mayReadMessages } from '../transports/built-in-token-sources.js';
import { Policies } from '../rules/policies.js';
import { CallerIdentifier, IdentifiedCaller } from '../callers/caller-identifier.js';
import type { Policy } from '../rules/policy.js';
import {
  isPrimitiveMessage,
  keepForConnection,
  openDecision,
  type Decision,
} from '../decision/decision.js';
import { DecisionReporter } from '../decision/decision-reporter.js';
import { assertMetadata } from '../rules/metadata-requirement.js';
import { assertHasScopes } from '../rules/scopes.js';
import { isBuiltInSource } from '../options/org-source-description.js';
import { StepUpVerifier } from '../callers/step-up/step-up-verifier.js';
import { CallerAccounts } from './caller-accounts.js';
import { DecidedStreams } from './decided-streams.js';
import { GuardExtension } from './guard-extension.js';
import { OrgRules } from '../organizations/org-rules.js';
import { Rejections } from './rejections.js';
import { exceptionForUntraceable } from '../rejections/unguarded-calls.js';
import { Rejection } from '../rejections/rejection.js';
import { whenKnown } from '../values/is-promise.js';

/** Decides about calls of handlers: identifies the caller and checks the rules, once for each execution context. */
@Injectable()
export class AccessDecider {
  private guard: CanActivate | undefined;
  private watch: ((decision: Decision) => void) | undefined;

  constructor(
    private readonly policies: Policies,
    private readonly callers: CallerIdentifier,
    private readonly stepUps: StepUpVerifier,
    private readonly orgRules: OrgRules,
    private readonly options: ResolvedOptions,
    private readonly reporter: DecisionReporter,
    private readonly rejections: Rejections,
    private readonly streams: DecidedStreams,
    private readonly accounts: CallerAccounts,
    @Inject(GuardExtension) private readonly extension: GuardExtension | undefined,
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
    const decision = openDecision(context);
    if (decision.isBegun) return replay(decision);
    decision.isBegun = true;
    try {
      decision.policy ??= this.policies.of(context);
      if (this.extension !== undefined) {
        decision.policy = this.extension.policyBefore(decision.policy, decision);
      }
      if (decision.mayOpenStream) this.streams.noteStart(decision);
      const outcome = this.evaluate(decision, decision.policy);
      decision.outcome = outcome === true ? true : this.settle(decision, outcome);
      return decision.outcome;
    } catch (error) {
      decision.rejection = this.rejections.reject(decision, error);
      throw decision.rejection;
    }
  }

  private async settle(decision: Decision, outcome: Promise<true>): Promise<true> {
    try {
      decision.outcome = await outcome;
      return decision.outcome;
    } catch (error) {
      decision.outcome = undefined;
      decision.rejection = this.rejections.reject(decision, error);
      throw decision.rejection;
    }
  }

  private evaluate(decision: Decision, policy: Policy): true | Promise<true> {
    const { call, context } = decision;
    const { callers } = policy;
    if (policy.exemptedBy !== undefined) return true;
    if (!policy.isExplicit && this.isIgnored(context)) return true;
    call.assertDecidable();
    this.extension?.assertAcceptable(policy, decision);
    if ('everyone' in callers) return this.allow(decision);
    // A field without a rule needs no decision of its own below an allowed operation.
    if (!policy.isExplicit && call.policyOfOperation !== undefined) {
      decision.belongsToOperation = true;
      return this.allow(decision);
    }
    if ('rejects' in callers && callers.rejects === 'untraceable') {
      throw exceptionForUntraceable(context);
    }
    // Decisions about strings and numbers are kept by connection, but what the application reads may differ between messages.
    if (this.hasOwnSource(policy, call) && isPrimitiveMessage(call)) {
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
    policy: Policy,
    caller: IdentifiedCaller | null,
  ): true | Promise<true> {
    if (caller === null) return this.allow(decision);
    keepCaller(decision, caller);
    const { kind, identity } = caller;
    if (policy.deniesImpersonation && kind.impersonatorOf?.(identity) !== undefined) {
      throw new Rejection('impersonation_denied');
    }
    // Scopes are checked before PropelAuth or the application is asked about the caller.
    const scopes = scopesFor(policy, kind.name);
    if (scopes.length > 0) assertHasScopes(kind.scopesOf?.(identity) ?? [], scopes);
    if (policy.metadata.length > 0) {
      const requirements = policy.metadata.filter(({ of }) => of === kind.name);
      assertMetadata(kind.metadataOf?.(identity), requirements);
    }
    if (kind.refresh === undefined) return this.checkOrgRules(decision, policy, caller);
    return kind.refresh(identity, policy).then((present) => {
      const refreshed = new IdentifiedCaller(kind, present);
      keepCaller(decision, refreshed);
      return this.checkOrgRules(decision, policy, refreshed);
    });
  }

  private checkOrgRules(
    decision: Decision,
    policy: Policy,
    caller: IdentifiedCaller,
  ): true | Promise<true> {
    if (policy.orgRequirements.length === 0) return this.checkStepUps(decision, policy);
    const { call, context } = decision;
    const { kind, identity } = caller;
    const org = whenKnown(kind.membershipsOf?.(identity, call), (found) =>
      this.orgRules.orgFor(context, policy, found, (named) =>
        kind.withJoinedOrgs?.(identity, named, call)?.then((joined) => {
          if (joined !== identity) keepCaller(decision, new IdentifiedCaller(kind, joined));
          return kind.membershipsOf?.(joined, call);
        }),
      ),
    );
    return whenKnown(org, (met) => {
      decision.org = met;
      annotate(decision, { org: met });
      return this.checkStepUps(decision, policy);
    });
  }

  /** Checked last, because asking PropelAuth about a grant can use it up. */
  private checkStepUps(decision: Decision, { stepUps }: Policy): true | Promise<true> {
    if (stepUps.length === 0) return this.allow(decision);
    const { call, user } = decision;
    const headers = call.request?.headers ?? {};
    return this.stepUps
      .verifyAll(user, stepUps, headers, call.operationScope, call.batch)
      .then(() => this.allow(decision));
  }

  /** Whether a source of the application finds the token or the organization, which may differ from one message to the next. */
  private hasOwnSource({ tokenSources, orgSources }: Policy, call: Call): boolean {
    return (
      tokenSources.some(mayReadMessages) ||
      !orgSources.every(isBuiltInSource) ||
      (this.options.tokenSource !== undefined &&
        call.takesTokenSource &&
        mayReadMessages(this.options.tokenSource))
    );
  }

  /** Whether the application guards the calls of a library in another way. */
  private isIgnored(context: ExecutionContext): boolean {
    return this.options.ignoreContextTypes.includes(context.getType());
  }

  /** The account is checked when everything else has passed: the application may create one for the caller. */
  private allow(decision: Decision): true | Promise<true> {
    this.extension?.prepare(decision);
    return decision.policy?.requiresAccount === true
      ? this.accounts.require(decision).then(() => this.letIn(decision))
      : this.letIn(decision);
  }

  private letIn(decision: Decision): true {
    decision.accounts = this.accounts;
    decision.call.noteAllowed(decision.policy as Policy);
    keepForConnection(decision);
    if (decision.mayOpenStream) this.streams.keep(decision);
    if (this.reporter.isListening) this.reporter.allowed(decision);
    this.watch?.(decision);
    return true;
  }
}

function replay(decision: Decision): true | Promise<true> {
  if (decision.outcome === undefined) throw decision.rejection;
  return decision.outcome;
}

function scopesFor({ scopes, kindScopes }: Policy, kind: string): readonly string[] {
  const ofKind = kindScopes?.get(kind);
  return ofKind === undefined ? scopes : [...scopes, ...ofKind];
}

function keepCaller(decision: Decision, caller: IdentifiedCaller): void {
  decision.identified = caller;
  caller.kind.keep?.(caller.identity, decision);
  if (decision.user !== null) annotate(decision, { user: decision.user });
}

/** Leaves the caller on the request for logging and error tools, unless another library has made its properties read-only. */
function annotate({ call }: Decision, values: AnnotationTarget): void {
  try {
    Object.assign(call.annotationTarget ?? {}, values);
  } catch {
    // No rule depends on these properties.
  }
}
