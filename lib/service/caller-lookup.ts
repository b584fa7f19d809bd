import { Injectable, type ExecutionContext } from '@nestjs/common';
import { addressGroupOf } from '../propelauth/backend/address-group.js';
import { GlobalGuardCheck } from '../guard/propel-auth.guard.js';
import { callOf } from '../transports/call-of.js';
import { Policies } from '../rules/policies.js';
import { keyOf, type Caller } from '../types/caller.js';
import { CallerIdentifier } from '../callers/caller-identifier.js';
import { DEFAULT_POLICY, type Policy } from '../rules/policy.js';
import {
  findCaller,
  findDecision,
  findLatestDecision,
  isPrimitiveMessage,
  type KnownCaller,
} from '../decision/decision.js';
import { EVERYONE } from '../rules/callers.js';

/** The policy of a handler without a rule that no global guard is called for. */
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
    // Of strings and numbers over a WebSocket, only an earlier message may have been decided, and access may have changed since.
    const decided =
      hasHandler(context) && isPrimitiveMessage(callOf(context))
        ? findDecision(context)
        : findCallerOfHandler(context);
    const identified =
      decided?.identified ?? (await this.callers.find(callOf(context), this.policyOf(context)));
    return identified && identified.describe();
  }

  async keyOf(context: ExecutionContext): Promise<string> {
    const caller = await this.recall(context);
    const key = caller && keyOf(caller);
    return key ?? `ip:${addressGroupOf(callOf(context).address)}`;
  }

  /** Whatever goes wrong while looking says nothing about the caller. */
  private async recall(context: ExecutionContext): Promise<Caller | null> {
    try {
      const identified =
        findCallerOfHandler(context)?.identified ??
        (await this.callers.recall(callOf(context), this.policyOf(context)));
      return identified && identified.describe();
    } catch {
      return null;
    }
  }

  /** The rules, which say which credentials are accepted and where they are. Handlers without a rule accept any. */
  private policyOf(context: ExecutionContext): Policy {
    // Exception filters are given no handler.
    const policy = hasHandler(context)
      ? this.policies.of(context)
      : findLatestDecision(context)?.policy;
    if (policy?.isExplicit) return policy;
    return policy !== undefined && this.needsUser(context) ? policy : OPEN_POLICY;
  }

  /** Whether handlers without a rule require a user for this call, which the guard decides in the same way. */
  private needsUser(context: ExecutionContext): boolean {
    return this.globalGuardCheck.isRegistered() && !callOf(context).belongsToAllowedOperation();
  }
}

function findCallerOfHandler(context: ExecutionContext): KnownCaller | undefined {
  return hasHandler(context) ? findCaller(context) : undefined;
}

function hasHandler(context: ExecutionContext): boolean {
  return Boolean(context.getClass?.() && context.getHandler?.());
}
