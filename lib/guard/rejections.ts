import { HttpException, Injectable } from '@nestjs/common';
import { Callers } from '../callers/callers.js';
import type { Decision } from '../decision/decision.js';
import { DecisionReporter } from '../decision/decision-reporter.js';
import { ResolvedOptions } from '../options/resolved-options.js';
import { exceptionFor } from '../rejections/exception-for.js';
import { mcpChallenge } from '../mcp/callers/mcp-challenge.js';
import type { RejectionReason } from '../rejections/rejection-table.js';
import type { Policy } from '../rules/policy.js';
import { CallTools } from '../transports/call-tools.js';

/** Creates the exceptions for rejected calls, and reports the calls. */
@Injectable()
export class Rejections {
  constructor(
    private readonly options: ResolvedOptions,
    private readonly callers: Callers,
    private readonly tools: CallTools,
    private readonly reporter: DecisionReporter,
  ) {}

  /** The exception to throw, as clients of the transport understand it. */
  reject(decision: Decision, error: unknown): unknown {
    const { call, policy } = decision;
    const exception = exceptionFor(
      error,
      this.options.debugMode,
      (reason) => policy && this.callers.describeRejection(reason, call, policy),
      policy?.mode === 'mcp' ? (reason) => this.challengeFor(reason, policy) : undefined,
    );
    this.reporter.rejected(decision, error, exception);
    if (policy?.mode === 'mcp' && exception instanceof HttpException) {
      call.exposeChallenge(exception, this.tools);
    }
    return call.rejectionFor(exception, this.tools);
  }

  private challengeFor(reason: RejectionReason, { scopes }: Policy): string | undefined {
    return mcpChallenge(reason, { scopes, metadataUrl: this.options.mcp?.metadataUrl });
  }
}
