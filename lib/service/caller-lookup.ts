import { Injectable, type ExecutionContext } from '@nestjs/common';
import { addressGroupOf } from '../propelauth/backend/address-group.js';
import { GlobalGuardCheck } from '../guard/propel-auth.guard.js';
import { callOf } from '../transports/call-of.js';
import { Policies } from '../rules/policies.js';
import type { Caller } from '../types/caller.js';
import { CallerIdentifier } from '../callers/caller-identifier.js';
import { DEFAULT_POLICY, type Policy } from '../rules/policy.js';
import type { KnownCaller } from '../decision/decision.js';
import {
  findCaller,
  findDecision,
  findLatestDecision,
  unlessRejected,
} from '../decision/kept-decisions.js';
import { EVERYONE } from '../rules/callers.js';

/** The policy of a handler without a rule about which the guard does not decide. */
const OPEN_POLICY: Policy = { ...DEFAULT_POLICY, callers: EVERYONE };

/** Identifies the caller on request, before and after the guard has decided. */
@Injectable()
export class CallerLookup {
  constructor(
    private readonly policies: Policies,
    private readonly callers: CallerIdentifier,
    private readonly globalGuardCheck: GlobalGuardCheck,
  ) {}

  /** @throws the rejection, when the caller cannot be identified at the moment */
  async identify(context: ExecutionContext): Promise<Caller | null> {
    // For a string or number over a WebSocket, the known caller may be that of an earlier message, and access may have changed since.
    const decided =
      hasHandler(context) && callOf(context).objects.length === 0
        ? unlessRejected(findDecision(context))
        : findCallerOfHandler(context);
    const identified =
      decided?.identified ?? (await this.callers.find(callOf(context), this.policyOf(context)));
    return identified && identified.describe();
  }

  async keyOf(context: ExecutionContext): Promise<string> {
    const key = await this.recallKey(context);
    return key ?? `ip:${addressGroupOf(callOf(context).address)}`;
  }

  /** Ignores errors, because they say nothing about the caller. */
  private async recallKey(context: ExecutionContext): Promise<string | undefined> {
    try {
      const identified =
        findCallerOfHandler(context)?.identified ??
        (await this.callers.recall(callOf(context), this.policyOf(context)));
      return identified?.key;
    } catch {
      return undefined;
    }
  }

  /** The rules of the handler, which say which credentials it accepts and where they are. */
  private policyOf(context: ExecutionContext): Policy {
    // The context of an exception filter has no handler.
    const policy = hasHandler(context)
      ? this.policies.of(context)
      : findLatestDecision(context)?.policy;
    if (policy?.isExplicit) return policy;
    if (policy === undefined || policy.exemptedBy !== undefined) return OPEN_POLICY;
    // A field without a rule has the caller of its operation. Else a handler without a rule requires a user under a global guard.
    return (
      callOf(context).decidedOperation?.policy ??
      (this.globalGuardCheck.isRegistered() ? policy : OPEN_POLICY)
    );
  }
}

function findCallerOfHandler(context: ExecutionContext): KnownCaller | undefined {
  return hasHandler(context) ? findCaller(context) : undefined;
}

function hasHandler(context: ExecutionContext): boolean {
  return Boolean(context.getClass?.() && context.getHandler?.());
}
