import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { Decision } from '../../decision/decision.js';
import { DecisionReporter } from '../../decision/decision-reporter.js';
import { AccessDecider } from '../../guard/access-decider.js';
import { CallerAccounts } from '../../guard/caller-accounts.js';
import { HandlerGuard } from '../../guard/propel-auth.guard.js';
import { PropelAuthConfigurationError } from '../../options/configuration.error.js';
import { isRejectionException } from '../../rejections/exception-for.js';
import type { Introspection } from '../../mcp/callers/introspection.js';
import { McpTokenAuthenticator } from '../../mcp/callers/mcp-token-authenticator.js';
import type { CallTools } from '../../transports/call-tools.js';
import { callOf } from '../../transports/call-of.js';
import { OTHER_RESOURCE } from './callers/mcp-callers.js';
import { calledHandlerOf, HandlerReached, type AccessProbe } from './access-probe.js';

type Outcome = ReturnType<CanActivate['canActivate']>;

/**
 * Ends calls of `toHold()` as soon as a guard of this package has allowed them, so that neither the application's own guards behind it nor
 * the handler run.
 */
export class CallEnd {
  /** Set when the application starts. */
  tools: CallTools | undefined;

  constructor(private readonly probe: AccessProbe) {}

  after(outcome: Outcome, context: ExecutionContext): Outcome {
    const call = this.probe.callOf(context);
    if (call === undefined || call.target.hasOwnGuard === true) return outcome;
    const called = calledHandlerOf(context);
    if (call.isOnTheWay(called)) return outcome;
    const end = (isAllowed: boolean): boolean => {
      if (!isAllowed) return false;
      call.reached.push(called);
      const exception = new HandlerReached();
      throw this.tools ? callOf(context).rejectionFor(exception, this.tools) : exception;
    };
    if (typeof outcome === 'boolean') return end(outcome);
    return outcome instanceof Promise ? outcome.then(end) : outcome;
  }
}

/** The decisions of all guards of this package, also of a global one. */
export class ProbedDecider extends AccessDecider {
  readonly #end: CallEnd;

  constructor(end: CallEnd, ...dependencies: ConstructorParameters<typeof AccessDecider>) {
    super(...dependencies);
    this.#end = end;
  }

  override decideFor(...call: Parameters<AccessDecider['decideFor']>): Outcome {
    return this.#end.after(super.decideFor(...call), call[1]);
  }
}

/** The guard that access decorators place. It also ends calls that a replacement of `PropelAuthGuard` allows. */
export class ProbedHandlerGuard extends HandlerGuard {
  readonly #end: CallEnd;

  constructor(end: CallEnd, ...dependencies: ConstructorParameters<typeof HandlerGuard>) {
    super(...dependencies);
    this.#end = end;
  }

  override canActivate(context: ExecutionContext): Outcome {
    return this.#end.after(super.canActivate(context), context);
  }
}

/** Reports decisions about calls of `toHold()` to the probe, and not to the application and its log. */
export class ObservingReporter extends DecisionReporter {
  override readonly isListening: boolean = true;
  readonly #probe: AccessProbe;

  constructor(probe: AccessProbe, ...dependencies: ConstructorParameters<typeof DecisionReporter>) {
    super(...dependencies);
    this.#probe = probe;
  }

  override allowed(decision: Decision): void {
    const call = this.#probe.callOf(decision.context);
    if (call === undefined) {
      super.allowed(decision);
      return;
    }
    call.decisions.push({ ...calledHandlerOf(decision.context), isAllowed: true });
    // Guards behind the guard of this package find no account, and so load none.
    decision.accounts = undefined;
  }

  override rejected(decision: Decision, cause: unknown, exception: unknown): void {
    const call = this.#probe.callOf(decision.context);
    if (call === undefined) {
      super.rejected(decision, cause, exception);
      return;
    }
    const reason = isRejectionException(exception) ? exception.reason : 'error';
    const error = configurationErrorIn(exception)?.message;
    call.decisions.push({
      ...calledHandlerOf(decision.context),
      isAllowed: false,
      reason,
      ...(error !== undefined && { error }),
    });
  }
}

function configurationErrorIn(exception: unknown): PropelAuthConfigurationError | undefined {
  const cause = exception instanceof Error ? exception.cause : undefined;
  return [exception, cause].find((error) => error instanceof PropelAuthConfigurationError);
}

/** Loads no accounts for the callers of `toHold()`, because a loader may create rows for them. */
export class ProbedAccounts extends CallerAccounts {
  readonly #probe: AccessProbe;

  constructor(probe: AccessProbe, ...dependencies: ConstructorParameters<typeof CallerAccounts>) {
    super(...dependencies);
    this.#probe = probe;
  }

  override async require(decision: Decision): Promise<void> {
    const isProbed = this.#probe.callOf(decision.context) !== undefined;
    if (!isProbed || decision.identified === null) await super.require(decision);
  }
}

/** Does not log the tokens of `toHold()` for another resource. */
export class ProbedMcpTokens extends McpTokenAuthenticator {
  protected override reportMismatch(resource: string, introspection: Introspection): void {
    if (introspection.aud?.includes(OTHER_RESOURCE) === true) return;
    super.reportMismatch(resource, introspection);
  }
}
