import { Injectable } from '@nestjs/common';
import { CallerIdentifier } from '../callers/caller-identifier.js';
import type { Decision } from '../decision/decision.js';
import { DecisionReporter } from '../decision/decision-reporter.js';
import { Hooks } from '../plugins/hooks.js';
import { ResolvedOptions } from '../options/resolved-options.js';
import { challengeOf, type RejectionReason } from '../rejections/rejection-table.js';
import { exceptionFor, isRejectionException } from '../rejections/exception-for.js';
import { CallTools } from '../transports/call-tools.js';

/** Creates the exceptions for rejected calls, and reports the calls. */
@Injectable()
export class Rejections {
  constructor(
    private readonly options: ResolvedOptions,
    private readonly callers: CallerIdentifier,
    private readonly tools: CallTools,
    private readonly reporter: DecisionReporter,
    private readonly hooks: Hooks,
  ) {}

  /** Returns the exception to throw, as clients of the transport understand it. */
  reject(decision: Decision, error: unknown): unknown {
    const { call, policy } = decision;
    const challengeOfPlugin = (reason: RejectionReason) =>
      policy && this.hooks.challenge?.(policy, reason);
    const challengeFor = (reason: RejectionReason) => {
      const ofPlugin = challengeOfPlugin(reason);
      if (ofPlugin !== undefined) return ofPlugin;
      return policy ? this.callers.challengeFor(reason, policy) : challengeOf(reason);
    };
    const explained = policy === undefined ? error : this.callers.explain(error, call, policy);
    const exception = exceptionFor(
      explained,
      this.options,
      (reason) => policy && this.callers.describeRejection(reason, call, policy),
      challengeFor,
    );
    this.reporter.rejected(decision, explained, exception);
    if (isRejectionException(exception) && challengeOfPlugin(exception.reason) !== undefined) {
      call.exposeChallenge(exception, this.tools);
    }
    return call.rejectionFor(exception, this.tools);
  }
}
