import { HttpException, Injectable } from '@nestjs/common';
import type {
  AccessDecisionEvent,
  AccessedRoute,
  CallTrace,
  DecidedCall,
  DecisionOutcome,
} from '../options/access-decision-event.interface.js';
import { ResolvedOptions } from '../options/resolved-options.js';
import type { Call } from '../transports/call.js';
import type { Decision } from './decision.js';
import { RejectionLog } from './rejection-log.js';
import { ipAddressIn } from '../propelauth/backend/address-group.js';
import { summaryOf } from '../rules/access-summary.js';
import { handlerAccessOf } from '../rules/handler-access.js';
import { Policies } from '../rules/policies.js';
import type { Policy } from '../rules/policy.js';
import { isRejectionException } from '../rejections/exception-for.js';
import { PropelAuthUnavailableException } from '../rejections/rejection.exceptions.js';
import { Rejection, type Denial } from '../rejections/rejection.js';
import { Hooks } from '../plugins/hooks.js';
import { LimitedLog } from '../values/limited-log.js';
import { loggableError } from '../values/loggable.js';
import { methodNameOf } from '../values/method-name.js';

/**
 * Reports decisions. Rejected calls are logged at debug level, rejected events as warnings or errors, and every call is passed to the
 * application's `onDecision`.
 */
@Injectable()
export class DecisionReporter {
  private readonly rejections = new RejectionLog();
  private readonly limited = new LimitedLog();
  /**
   * A log of its own, because these texts may quote what senders send: however many there are, they leave out no line of {@link limited}.
   */
  private readonly eventFailures = new LimitedLog();
  private readonly rules = new WeakMap<Policy, string>();
  private readonly onDecision: ((event: AccessDecisionEvent) => unknown) | undefined;
  /** Whether allowed calls are reported. If not, the guard does not call {@link allowed}. */
  readonly isListening: boolean;

  constructor(
    { onDecision }: ResolvedOptions,
    private readonly hooks: Hooks,
    private readonly policies: Policies,
  ) {
    this.onDecision = onDecision;
    this.isListening = onDecision !== undefined || hooks.decided !== undefined;
  }

  /** Reports that a call was allowed, to be called only if {@link isListening}. */
  allowed(decision: Decision): void {
    const outcome = { allowed: true, ...describeCaller(decision) };
    this.tell(decision, outcome);
  }

  /**
   * Reports that a call was rejected.
   *
   * @param cause the error that rejected the call
   * @param exception what the client gets
   */
  rejected(decision: Decision, cause: unknown, exception: unknown): void {
    const route = routeOf(decision);
    const { orgId, detail, denial } = cause instanceof Rejection ? cause : {};
    const reason = reasonFor(denial, exception);
    this.log(decision, route, detail === undefined ? reason : `${reason} (${detail})`, exception);
    if (!this.isListening) return;
    const outcome = {
      allowed: false,
      reason,
      ...describeCaller(decision),
      ...(orgId && { orgId }),
      ...(denial && { denial: { rule: denial.rule, code: denial.code } }),
      ...(denial === undefined && isFailure(exception) && { cause }),
    };
    this.tell(decision, outcome, route);
  }

  /** A description that fails must not change the response. */
  private log(decision: Decision, route: AccessedRoute, reason: string, exception: unknown): void {
    try {
      const { call } = decision;
      const { eventNames } = call;
      if (eventNames === undefined) {
        this.rejections.log(
          call,
          () => `${describeCall(call, route)} rejected: ${reason}.${this.requirementsOf(decision)}`,
        );
      } else {
        const requirements = this.requirementsOf(decision);
        this.logEvent(describeEvent(route, eventNames), reason, requirements, exception);
      }
    } catch (error) {
      this.complain(error, 'The rejected call cannot be described');
    }
  }

  /** The sender of an event gets no response, so the rejection is only logged. */
  private logEvent(event: string, reason: string, requirements: string, exception: unknown): void {
    if (exception instanceof HttpException) {
      this.limited.warn(`${event} rejected: ${exception.getStatus()} ${reason}.${requirements}`);
    } else {
      const { message, stack } = loggableError(exception);
      this.eventFailures.error(`${event} rejected: ${message}`, stack);
    }
  }

  private tell(decision: Decision, outcome: DecisionOutcome, route?: AccessedRoute): void {
    this.hooks.decided?.(outcome, transportOf(decision, outcome));
    if (this.onDecision === undefined) return;
    try {
      const told = this.onDecision({ ...outcome, ...this.describe(decision, route) });
      // A promise is not awaited, because the listener must not hold up the request.
      Promise.resolve(told).catch((error: unknown) => this.complain(error));
    } catch (error) {
      this.complain(error);
    }
  }

  /** Describes the call for `onDecision`. Telemetry alone does not need it. */
  private describe(decision: Decision, route = routeOf(decision)): DecidedCall {
    const { address, requestId, request } = decision.call;
    const rule = this.ruleOf(decision);
    const ipAddress = ipAddressIn(address);
    const trace = this.hooks.activeTrace?.() ?? traceInHeader(request?.headers['traceparent']);
    return {
      time: new Date(),
      route,
      ...(rule !== undefined && { rule }),
      ...(ipAddress !== undefined && { address: ipAddress }),
      ...(requestId !== undefined && { requestId }),
      ...(trace !== undefined && { trace }),
    };
  }

  /** Empty if the rules are not known. */
  private requirementsOf(decision: Decision): string {
    const rule = this.ruleOf(decision);
    return rule === undefined ? '' : ` Requires: ${rule}`;
  }

  /** `undefined` if the call failed before its rules were known, or if a source of the application cannot be described. */
  private ruleOf({ policy }: Decision): string | undefined {
    if (policy === undefined) return undefined;
    const known = this.rules.get(policy);
    if (known !== undefined) return known;
    try {
      const rule = summaryOf(handlerAccessOf(policy, this.policies.kinds));
      this.rules.set(policy, rule);
      return rule;
    } catch (error) {
      this.complain(error, 'The access rules cannot be described');
      return undefined;
    }
  }

  private complain(error: unknown, what = 'onDecision failed'): void {
    const { message, stack } = loggableError(error);
    this.limited.error(`${what}: ${message}`, stack);
  }
}

/** A guard of the application denies calls with an exception of its own. */
function reasonFor(denial: Denial | undefined, exception: unknown): string {
  if (denial !== undefined) return 'rule_denied';
  return isRejectionException(exception) ? exception.reason : 'error';
}

/** Whether something went wrong that is not the caller's doing. */
function isFailure(exception: unknown): boolean {
  return !isRejectionException(exception) || exception instanceof PropelAuthUnavailableException;
}

function describeCaller({ identified, org }: Decision): Partial<AccessDecisionEvent> {
  return { ...identified?.reported, ...(org && { orgId: org.orgId }) };
}

/** How a call arrived. A request for another call counts as that call if it is rejected; else that call gets a decision of its own. */
function transportOf({ call, innerCall }: Decision, { allowed }: DecisionOutcome): string {
  return (!allowed && innerCall?.transport) || call.transport;
}

function routeOf({ call: { context, route }, innerCall }: Decision): AccessedRoute {
  return {
    controller: context.getClass().name,
    handler: methodNameOf(context.getHandler()),
    ...route,
    ...innerCall?.route,
  };
}

/** What was called: `GET /orgs/:orgId (OrgsController.show)`, `GraphQL (OrgsResolver.show)`. */
function describeCall({ words }: Call, route: AccessedRoute): string {
  const { controller, handler, method, path, mcp } = route;
  const called = mcp ?? ([method, path].filter(Boolean).join(' ') || words);
  return `${called} (${controller}.${handler})`;
}

/** `event order.paid (OrdersController.onPaid)`. */
function describeEvent({ controller, handler }: AccessedRoute, eventNames: string): string {
  return `event ${eventNames} (${controller}.${handler})`;
}

/** A traceparent header of version 00 (W3C Trace Context, section 3.2): the ids have small letters, and are not all zeros. */
const TRACE_PARENT = /^00-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-[\da-f]{2}$/;

/** The trace that a traceparent header names; `undefined` for any other value. */
function traceInHeader(header: unknown): CallTrace | undefined {
  if (typeof header !== 'string') return undefined;
  const [, traceId, spanId] = TRACE_PARENT.exec(header) ?? [];
  return traceId === undefined || spanId === undefined ? undefined : { traceId, spanId };
}
