import { HttpException, Inject, Injectable } from '@nestjs/common';
import { CallerIdentifier } from '../callers/caller-identifier.js';
import type { Decision } from '../decision/decision.js';
import { DecisionReporter } from '../decision/decision-reporter.js';
import { ResolvedOptions } from '../options/resolved-options.js';
import type { RejectionReason } from '../rejections/rejection-table.js';
import { exceptionFor } from '../rejections/exception-for.js';
import { CallTools } from '../transports/call-tools.js';
import { GuardExtension } from './guard-extension.js';

/** Creates the exceptions for rejected calls, and reports the calls. */
@Injectable()
export class Rejections {
  constructor(
    private readonly options: ResolvedOptions,
    private readonly callers: CallerIdentifier,
    private readonly tools: CallTools,
    private readonly reporter: DecisionReporter,
    @Inject(GuardExtension) private readonly extension: GuardExtension | undefined,
  ) {}

  /** Returns the exception to throw, as clients of the transport understand it. */
  reject(decision: Decision, error: unknown): unknown {
    const { call, policy } = decision;
    const challenge = policy && this.extension?.challengeFor(policy);
    const challengeOfCallers =
      policy && ((reason: RejectionReason) => this.callers.challengeFor(reason, policy));
    const explained = policy === undefined ? error : this.callers.explain(error, call, policy);
    const exception = exceptionFor(
      explained,
      this.options,
      (reason) => policy && this.callers.describeRejection(reason, call, policy),
      challenge ?? challengeOfCallers,
    );
    this.reporter.rejected(decision, explained, exception);
    if (challenge !== undefined && exception instanceof HttpException) {
      call.exposeChallenge(exception, this.tools);
    }
    return call.rejectionFor(exception, this.tools);
  }
}
