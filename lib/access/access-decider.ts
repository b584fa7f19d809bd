import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { UserClass } from '@propelauth/node-apis';
import { ResolvedOptions } from '../options/resolved-options.js';
import {
  readAuthorizationHeader,
  readBearerToken,
  type RequestHeaders,
} from '../token/bearer-token.js';
import { TokenAuthenticator } from '../token/token-authenticator.js';
import { TokenRefusal } from '../token/token-refusal.js';
import { AccessRules } from './access-rules.js';
import type { CompiledAccess } from './compiled-access.js';
import { findDecision, openDecision, type Decision } from './decision.js';
import { httpExceptionOf } from './http-exception-of.js';
import { DecisionReporter } from './decision-reporter.js';
import { findNamedMembership } from './org-membership.js';
import { OrgRefusal } from './org-refusal.js';
import { findUnmet } from './org-requirement.js';
import { headersOf, isRefusalException } from './refusal.exceptions.js';

/** What the guard leaves on the request for logging and error tools. Nothing here reads it back. */
interface AnnotatedRequest extends RequestHeaders {
  user?: unknown;
  org?: unknown;
}

/** Decides about calls of handlers: who is calling, and may they. Once for each execution context. */
@Injectable()
export class AccessDecider {
  private guard: CanActivate | undefined;

  constructor(
    private readonly rules: AccessRules,
    private readonly authenticator: TokenAuthenticator,
    private readonly options: ResolvedOptions,
    private readonly adapterHost: HttpAdapterHost,
    private readonly reporter: DecisionReporter,
  ) {}

  /** Makes this the guard that all guards hand over to. */
  useGuard(guard: CanActivate): void {
    this.guard = guard;
  }

  /**
   * Decides for a guard. Nest makes a guard of its own for each module that has a guarded route; they hand over to the one that
   * the module provides, so that what a test or an application has put in its place stands in the place of all.
   */
  decideFor(guard: CanActivate, context: ExecutionContext): ReturnType<CanActivate['canActivate']> {
    if (this.guard === undefined || this.guard === guard) return this.decide(context);
    return this.guard.canActivate(context);
  }

  /**
   * @returns `true` itself when nothing has to be waited for, so that Nest need not wait either
   * @throws the HTTP exception to answer with, when the call is refused
   */
  decide(context: ExecutionContext): true | Promise<true> {
    const earlier = findDecision(context);
    if (earlier?.context === context) return replay(earlier);
    const decision = openDecision(context);
    try {
      decision.outcome = this.evaluate(decision, this.rules.of(context));
      return decision.outcome;
    } catch (error) {
      decision.refusal = this.refuse(decision, error);
      throw decision.refusal;
    }
  }

  private evaluate(decision: Decision, access: CompiledAccess): true | Promise<true> {
    if (access.mode === 'public') return this.admit(decision, access, null);
    const caller = this.identify(decision.context, access);
    if (!(caller instanceof Promise)) return this.admit(decision, access, caller);
    return caller
      .then((user) => this.admit(decision, access, user))
      .catch((error: unknown) => {
        throw this.refuse(decision, error);
      });
  }

  /** The caller, or `null` where an anonymous one will do. */
  private identify(
    context: ExecutionContext,
    { mode }: CompiledAccess,
  ): UserClass | null | Promise<UserClass | null> {
    if (mode === 'required') return this.authenticate(context);
    try {
      const caller = this.authenticate(context);
      return caller instanceof Promise ? caller.catch(anonymousIfRefused) : caller;
    } catch (error) {
      return anonymousIfRefused(error);
    }
  }

  private authenticate(context: ExecutionContext): UserClass | Promise<UserClass> {
    const request = context.getArgByIndex<RequestHeaders>(0);
    return this.authenticator.authenticate(readBearerToken(readAuthorizationHeader(request)));
  }

  private admit(decision: Decision, access: CompiledAccess, user: UserClass | null): true {
    if (user !== null) identifyCaller(decision, user);
    if (user !== null && access.orgRequirements.length > 0) checkOrg(decision, access, user);
    this.reporter.allowed(decision);
    return true;
  }

  /** The exception to answer with; the headers that belong to it are set here, since an exception has none. */
  private refuse(decision: Decision, error: unknown): unknown {
    const answer = httpExceptionOf(error, this.options.debugMode);
    if (isRefusalException(answer)) {
      const response = decision.context.switchToHttp().getResponse<unknown>();
      for (const [name, value] of Object.entries(headersOf(answer))) {
        this.adapterHost.httpAdapter.setHeader(response, name, value);
      }
    }
    this.reporter.refused(decision, error, answer);
    return answer;
  }
}

function replay(decision: Decision): true | Promise<true> {
  if (decision.outcome === undefined) throw decision.refusal;
  return decision.outcome;
}

/** A refused token makes an anonymous caller. That nobody could look at the token (no keys) does not. */
function anonymousIfRefused(error: unknown): null {
  if (error instanceof TokenRefusal) return null;
  throw error;
}

function identifyCaller(decision: Decision, user: UserClass): void {
  decision.user = user;
  decision.context.getArgByIndex<AnnotatedRequest>(0).user = user;
}

/** @throws {OrgRefusal} when a rule about the organization does not hold */
function checkOrg(decision: Decision, access: CompiledAccess, user: UserClass): void {
  const org = findNamedMembership(user, access.orgSources, decision.context);
  for (const requirement of access.orgRequirements) {
    const unmet = findUnmet(org, requirement);
    if (unmet !== undefined) throw new OrgRefusal(unmet, org.orgId);
  }
  decision.org = org;
  decision.context.getArgByIndex<AnnotatedRequest>(0).org = org;
}
