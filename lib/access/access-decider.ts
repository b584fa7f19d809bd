import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { UserClass } from '@propelauth/node-apis';
import { ResolvedOptions } from '../options/resolved-options.js';
import { TokenAuthenticator } from '../token/token-authenticator.js';
import { TokenRefusal } from '../token/token-refusal.js';
import { RefusalAnswers } from '../transport/refusal-answers.js';
import { readTokenFrom } from '../transport/token-from-source.js';
import { transportOf } from '../transport/transport-of.js';
import type { AnnotatedByGuard } from '../transport/transport.interface.js';
import { AccessRules } from './access-rules.js';
import type { CompiledAccess } from './compiled-access.js';
import { findDecision, openDecision, type Decision } from './decision.js';
import { httpExceptionOf } from './http-exception-of.js';
import { DecisionReporter } from './decision-reporter.js';
import { findNamedMembership } from './org-membership.js';
import { OrgRefusal } from './org-refusal.js';
import { findUnmet } from './org-requirement.js';
import { headersOf, isRefusalException } from './refusal.exceptions.js';

/** Decides about calls of handlers: who is calling, and may they. Once for each execution context. */
@Injectable()
export class AccessDecider {
  private guard: CanActivate | undefined;

  constructor(
    private readonly rules: AccessRules,
    private readonly authenticator: TokenAuthenticator,
    private readonly options: ResolvedOptions,
    private readonly answers: RefusalAnswers,
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
   * @throws what the call is answered with, when it is refused
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
      .then((user) => (decision.outcome = this.admit(decision, access, user)))
      .catch((error: unknown) => {
        throw this.refuse(decision, error);
      });
  }

  /** The caller, or `null` where an anonymous one will do. */
  private identify(
    context: ExecutionContext,
    access: CompiledAccess,
  ): UserClass | null | Promise<UserClass | null> {
    if (access.mode === 'required') return this.authenticate(context, access);
    try {
      const caller = this.authenticate(context, access);
      return caller instanceof Promise ? caller.catch(anonymousIfRefused) : caller;
    } catch (error) {
      return anonymousIfRefused(error);
    }
  }

  private authenticate(
    context: ExecutionContext,
    access: CompiledAccess,
  ): UserClass | Promise<UserClass> {
    const token = this.readToken(context, access);
    const request = transportOf(context).sharedRequestOf?.(context);
    return request === undefined
      ? this.authenticator.authenticate(token)
      : this.authenticator.authenticateWithin(request, token);
  }

  private readToken(context: ExecutionContext, { tokenSources }: CompiledAccess): string {
    if (tokenSources.length > 0) return readTokenFrom(tokenSources, context);
    const { tokenSource } = this.options;
    if (tokenSource !== undefined && context.getType() === 'rpc') {
      return readTokenFrom([tokenSource], context);
    }
    return transportOf(context).readToken(context);
  }

  private admit(decision: Decision, access: CompiledAccess, user: UserClass | null): true {
    if (user !== null) identifyCaller(decision, user);
    if (user !== null && access.orgRequirements.length > 0) checkOrg(decision, access, user);
    this.reporter.allowed(decision);
    return true;
  }

  /** What to answer with, as clients of the transport understand it. */
  private refuse(decision: Decision, error: unknown): unknown {
    const refusal = httpExceptionOf(error, this.options.debugMode);
    this.reporter.refused(decision, error, refusal);
    if (!isRefusalException(refusal)) return refusal;
    return this.answers.answerTo(refusal, headersOf(refusal), decision.context);
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
  annotate(decision, 'user', user);
}

/** @throws {OrgRefusal} when a rule about the organization does not hold */
function checkOrg(decision: Decision, access: CompiledAccess, user: UserClass): void {
  const org = findNamedMembership(user, access.orgSources, decision.context);
  for (const requirement of access.orgRequirements) {
    const unmet = findUnmet(org, requirement);
    if (unmet !== undefined) throw new OrgRefusal(unmet, org.orgId);
  }
  decision.org = org;
  annotate(decision, 'org', org);
}

/** Leaves it for logging and error tools. */
function annotate({ context }: Decision, name: keyof AnnotatedByGuard, value: object): void {
  const annotated = transportOf(context).annotatedBy(context);
  if (annotated !== undefined) annotated[name] = value;
}
