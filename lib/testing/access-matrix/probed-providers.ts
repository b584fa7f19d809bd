import { Inject, type Type } from '@nestjs/common';
import { IdentifiedCaller } from '../../callers/caller-identifier.js';
import type { Decision } from '../../decision/decision.js';
import { DecisionReporter } from '../../decision/decision-reporter.js';
import { AccessDecider } from '../../guard/access-decider.js';
import type { AccessCall } from '../../options/access-rule.interface.js';
import type { OrgReference } from '../../options/org-source.interface.js';
import { CallerAccounts } from '../../rules/account/caller-accounts.js';
import { HANDLER_PROBE } from '../../module/handler-probe.js';
import type { OwnLoader } from '../../rules/application/own-loader.js';
import type { OwnRule } from '../../rules/application/own-rule.js';
import { OwnVerdicts } from '../../rules/application/own-verdicts.js';
import { Resources, type GivenId } from '../../rules/application/resources.js';
import { isRejectionException } from '../../rejections/exception-for.js';
import { AccessProbe, calledHandlerOf, HandlerReached } from './access-probe.js';
import type { Call } from '../../transports/call.js';
import type { Policy } from '../../rules/policy.js';
import { withOnly } from './tried-branches.js';

/** Decides about calls of `toHold()` by the branches that it tries. */
export class ProbedDecider extends AccessDecider {
  @Inject(HANDLER_PROBE) private readonly probe!: AccessProbe;

  protected override policyOf(call: Call): Policy {
    const policy = super.policyOf(call);
    const probed = this.probe.callOf(call.context);
    return probed === undefined ? policy : withOnly(probed.branches, policy);
  }
}

/**
 * Reports decisions about calls of `toHold()` to the probe, and not to the application and its log. An allowed call ends at once, so that
 * neither the application's own guards behind it nor the handler run.
 */
export class ObservingReporter extends DecisionReporter {
  override readonly isListening: boolean = true;
  @Inject(HANDLER_PROBE) private readonly probe!: AccessProbe;

  override allowed(decision: Decision): void {
    const call = this.probe.callOf(decision.context);
    if (call === undefined) return super.allowed(decision);
    call.decisions.push({ ...observed(decision), isAllowed: true });
    throw new HandlerReached();
  }

  override rejected(decision: Decision, cause: unknown, exception: unknown): void {
    const call = this.probe.callOf(decision.context);
    if (call === undefined) return super.rejected(decision, cause, exception);
    if (exception instanceof HandlerReached) return;
    const reason = isRejectionException(exception) ? exception.reason : 'error';
    call.decisions.push({ ...observed(decision), isAllowed: false, reason });
  }
}

function observed({ context, identified }: Decision) {
  return {
    ...calledHandlerOf(context),
    callerKind: identified instanceof IdentifiedCaller ? identified.kind.name : undefined,
  };
}

/** Loads no accounts for the callers of `toHold()`, because a loader may create rows for them. */
export class ProbedAccounts extends CallerAccounts {
  @Inject(HANDLER_PROBE) private readonly probe!: AccessProbe;

  override async require(decision: Decision): Promise<void> {
    const isProbed = this.probe.callOf(decision.context) !== undefined;
    if (!isProbed || decision.identified === null) await super.require(decision);
  }
}

/** In calls of `toHold()`, each rule of the application lets in, but real ones, and the one that the call shows to be enforced. */
export class ProbedVerdicts extends OwnVerdicts {
  @Inject(HANDLER_PROBE) private readonly probe!: AccessProbe;

  override async of(
    rule: OwnRule,
    args: readonly unknown[],
    call: AccessCall,
    lifetime: object,
  ): Promise<unknown> {
    const probed = this.probe.callOf(call.context);
    if (probed?.denied === rule.name) return false;
    const isReal = this.probe.realRules.some((type) => rule instanceof type);
    return probed === undefined || isReal ? super.of(rule, args, call, lifetime) : true;
  }
}

/** In calls of `toHold()`, every row is there, and belongs to the organization under test. No loader is called, unless a real rule may need it. */
export class ProbedResources extends Resources {
  @Inject(HANDLER_PROBE) private readonly probe!: AccessProbe;

  override async load(
    type: Type<OwnLoader>,
    call: AccessCall,
    lifetime: object,
    ...given: GivenId
  ): Promise<object | null> {
    if (this.isReal(call)) return super.load(type, call, lifetime, ...given);
    return {};
  }

  override async orgOf(
    type: Type<OwnLoader>,
    call: AccessCall,
    lifetime: object,
  ): Promise<OrgReference | undefined> {
    const probed = this.probe.callOf(call.context);
    if (probed === undefined || this.isReal(call)) return super.orgOf(type, call, lifetime);
    return { orgId: probed.orgId };
  }

  private isReal(call: AccessCall): boolean {
    return this.probe.realRules.length > 0 || this.probe.callOf(call.context) === undefined;
  }
}
