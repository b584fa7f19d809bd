import { HttpException, Injectable } from '@nestjs/common';
import { CallerIdentifier } from '../callers/caller-identifier.js';
import type { Decision } from '../decision/decision.js';
import { DecisionReporter } from '../decision/decision-reporter.js';
import { ResolvedOptions } from '../options/resolved-options.js';
import { exceptionFor } from '../rejections/exception-for.js';
import { mcpChallenge } from '../transports/mcp/mcp-challenge.js';
import type { RejectionReason } from '../rejections/rejection-table.js';
import { isEvent } from '../rules/handled-events.js';
import type { Policy } from '../rules/policy.js';
import { ExceptionTranslator } from '../transports/exception-translator.js';
import { eventExceptionFor } from '../transports/microservices/rpc-exception.js';

/** Creates the exceptions for rejected calls, and reports the calls. */
@Injectable()
export class Rejections {
  constructor(
    private readonly options: ResolvedOptions,
    private readonly callers: CallerIdentifier,
    private readonly translator: ExceptionTranslator,
    private readonly reporter: DecisionReporter,
  ) {}

  /** The exception to throw, as clients of the transport understand it. */
  reject(decision: Decision, error: unknown): unknown {
    const { context, policy } = decision;
    const exception = exceptionFor(
      error,
      this.options.debugMode,
      (reason) => policy && this.callers.describeRejection(reason, context, policy),
      policy?.mode === 'mcp' ? (reason) => this.challengeFor(reason, policy) : undefined,
    );
    this.reporter.rejected(decision, error, exception);
    if (isEvent(context)) return eventExceptionFor(exception);
    // An organization source of the application may throw one of its own.
    if (!(exception instanceof HttpException)) return exception;
    if (policy?.mode === 'mcp') this.translator.exposeChallenge(exception, context);
    return this.translator.translate(exception, context);
  }

  private challengeFor(reason: RejectionReason, { scopes }: Policy): string | undefined {
    return mcpChallenge(reason, { scopes, metadataUrl: this.options.mcp?.metadataUrl });
  }
}
