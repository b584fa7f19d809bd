import { isDeepStrictEqual } from 'node:util';
import type { ExecutionContext } from '@nestjs/common';
import type { OrgMemberInfo, UserClass } from '@propelauth/node-apis';
import type {
  AccessDecisionEvent,
  AccessedRoute,
} from '../options/access-decision-event.interface.js';
import type { Policy } from '../rules/policy.js';
import type { Accounts, Memberships, NamedOrgs, RuleCall, RuleCaller } from '../rules/rule-call.js';
import { Rejection } from '../rejections/rejection.js';
import type { AnnotationTarget, Call } from '../transports/call.js';
import type { CallerAccess } from '../transports/open-streams.js';
import { callOf } from '../transports/call-of.js';
import { isSameHandler } from '../rules/declared-method.js';
import { hasRule } from '../rules/is-under-rule.js';
import { exceptionForUnguarded } from '../rejections/unguarded-calls.js';
import { privateField } from '../values/private-field.js';
import { DecisionsByObjects, type DecisionsOfObjects } from './decisions-by-objects.js';

/** A verified caller, of whatever kind. */
export interface Identified extends RuleCaller {
  /** The user of PropelAuth that the caller is, or acts for; `null` if there is none whom handlers know. */
  readonly user: UserClass | null;

  /** The organizations that the caller is in. */
  memberships(call: Call): Memberships | undefined | Promise<Memberships>;

  /**
   * The caller, with those of the organizations of a call that they have joined since the credential was issued.
   *
   * @returns `undefined` if there can be none
   */
  withJoinedOrgs(named: NamedOrgs, call: Call): Promise<Identified> | undefined;

  /** Tells them apart from other callers; `undefined` if nothing does. */
  readonly key: string | undefined;

  /** What reports of decisions say of them. */
  readonly reported: Partial<AccessDecisionEvent>;

  /** Whose access they have. */
  readonly access: CallerAccess;
}

/** The caller of a call, for handlers and others after the decision. */
export class KnownCaller {
  /** `null` for an unauthenticated caller. */
  identified: Identified | null = null;
  /** The organization that the rules have checked. */
  org: OrgMemberInfo | null = null;
  /** What loads the account of the caller; `undefined` until the call is allowed. */
  accounts: Accounts | undefined = undefined;
  /** The account once it is loaded. {@link withoutCall} shares it. */
  #loaded: { account?: Promise<object | null> | undefined } | undefined;

  /** The account of the caller in the organization, loaded when it is first asked for. */
  account(): Promise<object | null> | null {
    this.#loaded ??= {};
    return (this.#loaded.account ??= this.accounts?.of(this)) ?? null;
  }

  /** The same caller, for those who keep it longer than the call: its message can be long. */
  withoutCall(): KnownCaller {
    const { identified, org, accounts } = this;
    const caller = Object.assign(new KnownCaller(), { identified, org, accounts });
    caller.#loaded = this.#loaded ??= {};
    return caller;
  }

  /** Whether the guard has begun to decide, and has not ended. */
  get isPending(): boolean {
    return false;
  }

  get user(): UserClass | null {
    return this.identified?.user ?? null;
  }
}

/** A call that a library makes of a request, as reports name it. */
interface InnerCall {
  readonly transport: string;
  readonly route: Partial<AccessedRoute>;
}

/** What the guard decided about one call of one handler. */
export class Decision extends KnownCaller implements RuleCall {
  /** The rules of the handler, once they are looked up. */
  policy: Policy | undefined = undefined;
  /** Whether the guard has begun to decide. Before that, the guard of the class may have opened the decision. */
  isBegun = false;
  /** `true` for an allowed call, a promise while the guard decides, `undefined` before that and after a rejection. */
  outcome: true | Promise<true> | undefined = undefined;
  /** Whether the call was rejected, and so is over. */
  isRejected = false;
  /** The exception that rejected the call, to be thrown again. */
  rejection: unknown = undefined;
  /** The call of another handler that the request is for, as far as it is known. If the request is let in, that call is decided next. */
  innerCall: InnerCall | undefined = undefined;
  /** When the guard began to decide, by the clock of the open streams; only for calls that may open a stream. */
  begunAt = 0;
  /** Whether the call of another caller was allowed that cannot be distinguished from this one. */
  isAmbiguous = false;
  /** The arguments that the decision is about. Interceptors may replace them in their list, and a context can be used again. */
  readonly #arguments: readonly unknown[];

  /** @param call the call that the decision is about. Another context needs another decision, even if the handler is the same */
  constructor(readonly call: Call) {
    super();
    this.#arguments = [...call.context.getArgs<unknown[]>()];
  }

  get context(): ExecutionContext {
    return this.call.context;
  }

  get caller(): Identified {
    if (this.identified === null) throw new Rejection('credential_missing');
    return this.identified;
  }

  memberships(): Memberships | undefined | Promise<Memberships> {
    return this.caller.memberships(this.call);
  }

  membershipsWithJoined(named: NamedOrgs): Promise<Memberships | undefined> | undefined {
    const { call, caller } = this;
    return caller.withJoinedOrgs(named, call)?.then((joined) => {
      if (joined !== caller) this.keepCaller(joined);
      return joined.memberships(call);
    });
  }

  keepCaller(caller: Identified): void {
    this.identified = caller;
    const { user } = this;
    if (user !== null) annotate(this.call, { user });
  }

  keepOrg(org: OrgMemberInfo): void {
    this.org = org;
    annotate(this.call, { org });
  }

  get isAllowed(): boolean {
    return this.outcome === true;
  }

  override get isPending(): boolean {
    return this.isBegun && !this.isAllowed && !this.isRejected;
  }

  /** Whether an allowed call may leave something open, such as an event stream. */
  get mayOpenStream(): boolean {
    return this.policy?.eventStream !== undefined || this.call.mayStayOpen;
  }

  hasArgumentsOf(context: ExecutionContext): boolean {
    const others = context.getArgs<unknown[]>();
    return (
      this.#arguments.length === others.length &&
      this.#arguments.every((value, index) => Object.is(value, others[index]))
    );
  }

  reject(exception: unknown): void {
    this.outcome = undefined;
    this.isRejected = true;
    this.rejection = exception;
  }
}

/** Leaves the caller on the request for logging and error tools, unless another library has made its properties read-only. */
function annotate(call: Call, values: AnnotationTarget): void {
  try {
    Object.assign(call.annotationTarget ?? {}, values);
  } catch {
    // No rule depends on these properties.
  }
}

/** The decision of each context: all guards of a call have the same one, and nobody else has it. */
const ofContexts = privateField<Decision>();

/** The decisions about calls with the same objects: Nest makes another context for each interceptor and pipe. */
const byObjects = new DecisionsByObjects<Decision>();

/**
 * The callers of messages that are strings or numbers, by connection, class and handler: such messages have no object of their own. They
 * come from the caller who opened the connection, because the guard rejects them where the application finds the token or organization.
 */
const byConnection = new WeakMap<object, readonly CallerOfHandler[]>();

interface CallerOfHandler {
  readonly type: Function;
  readonly handler: Function;
  readonly caller: KnownCaller;
}

/** How many allowed decisions are kept about calls that have all their objects in common. */
const MAXIMUM_KEPT = 100;

/** The decision of exactly this context, which all guards of one call share. */
export function findDecision(context: ExecutionContext): Decision | undefined {
  const decision = ofContexts.get(context);
  return decision?.hasArgumentsOf(context) === true ? decision : undefined;
}

/** The decision of exactly this context. The first guard that is reached opens it. */
export function openDecision(context: ExecutionContext): Decision {
  const known = findDecision(context);
  if (known !== undefined) return known;
  const decision = new Decision(callOf(context));
  keepDecision(decision);
  return decision;
}

/** Keeps a decision for the other guards of its call, and for what follows them. */
export function keepDecision(decision: Decision): void {
  ofContexts.set(decision.context, decision);
  for (const objects of decision.call.decisionKeys) byObjects.of(objects).latest = decision;
}

/** Notes that a call is allowed, for its handler, interceptors and pipes. */
export function keepAllowed(decision: Decision): void {
  decision.outcome = true;
  for (const objects of decision.call.decisionKeys) addAllowed(decision, byObjects.of(objects));
  keepForConnection(decision);
}

/**
 * The caller of a call that the guard has allowed, for handlers, interceptors and pipes. A GraphQL field without a rule has the caller of the
 * operation that it belongs to.
 */
export function findCaller(context: ExecutionContext): KnownCaller | undefined {
  const own = findOwnCaller(context);
  if (own !== undefined || hasRule(context.getClass(), context.getHandler())) return own;
  const { decidedOperation } = callOf(context);
  return decidedOperation instanceof Decision ? decidedOperation : undefined;
}

/**
 * The caller that the guard has decided about for exactly this call. Nest creates a context for each interceptor and pipe. These contexts
 * share only the class, the handler and the arguments.
 */
export function findOwnCaller(context: ExecutionContext): KnownCaller | undefined {
  const own = findDecision(context);
  if (own !== undefined) return unlessRejected(own);
  const call = callOf(context);
  for (const decisions of decisionsAbout(call)) {
    // Handlers, interceptors and pipes run only for allowed calls, so other decisions are not about their call.
    const allowed = decisions.allowed.find((decision) => isAbout(decision, context));
    if (allowed?.isAmbiguous === true) throw exceptionForUnguarded(context, describeAmbiguous);
    if (allowed !== undefined) return allowed;
  }
  const { sharedConnection } = call;
  // Contexts of guards and interceptors have the list of arguments that the guard has seen. Those of pipes have a copy.
  if (sharedConnection === undefined || decisionsAbout(call).length > 0) return undefined;
  return callersOf(sharedConnection).find((known) => isOfHandler(known, context))?.caller;
}

/** A rejected caller may have been identified, but their access may have ended. */
export function unlessRejected(decision: Decision | undefined): Decision | undefined {
  return decision?.isRejected === true ? undefined : decision;
}

/** Whether a call has reached a guard of this package. Calls without objects count as such, because they cannot be distinguished. */
export function hasReachedGuard(context: ExecutionContext): boolean {
  const call = callOf(context);
  return (
    call.objects.length === 0 ||
    decisionsAbout(call).some(({ latest, allowed }) =>
      [latest, ...allowed].some((decision) => decision && isAbout(decision, context)),
    )
  );
}

/** The latest decision about a call, about any of its handlers, for code that runs after the guard. */
export function findLatestDecision(context: ExecutionContext): Decision | undefined {
  return decisionsAbout(callOf(context))[0]?.latest;
}

function decisionsAbout({ decisionKeys }: Call): DecisionsOfObjects<Decision>[] {
  return decisionKeys.flatMap((objects) => byObjects.find(objects) ?? []);
}

/** Adds a decision, in place of an earlier one about an indistinguishable call: one request can make thousands of those at once. */
function addAllowed(decision: Decision, decisions: DecisionsOfObjects<Decision>): void {
  const others: Decision[] = [];
  for (const other of decisions.allowed) {
    if (!isAbout(other, decision.context)) others.push(other);
    else if (other.isAmbiguous || !haveSameCaller(other, decision)) decision.isAmbiguous = true;
  }
  decisions.allowed = [decision, ...others.slice(0, MAXIMUM_KEPT - 1)];
}

function haveSameCaller(one: Decision, other: Decision): boolean {
  return one.org?.orgId === other.org?.orgId && isSameCaller(one.identified, other.identified);
}

/** Whether two callers are the same in every detail: a user, who impersonates them and their key have one key. */
function isSameCaller(one: Identified | null, other: Identified | null): boolean {
  if (one === other) return true;
  return one !== null && other !== null && isDeepStrictEqual(one.describe(), other.describe());
}

/** Whether a context belongs to the call of a decision: the same handler with the same arguments. */
function isAbout(decision: Decision, other: ExecutionContext): boolean {
  const { context } = decision;
  return (
    context.getClass() === other.getClass() &&
    isSameHandler(context.getHandler(), other.getHandler()) &&
    (decision.hasArgumentsOf(other) || haveSameList(context, other))
  );
}

/** Guards and interceptors share the list of arguments, in which interceptors may replace some. */
function haveSameList(context: ExecutionContext, other: ExecutionContext): boolean {
  return context !== other && context.getArgs() === other.getArgs();
}

/** Keeps the caller of an allowed call that has no object of its own: the latest for each handler of a connection. */
function keepForConnection(decision: Decision): void {
  const { context, sharedConnection: connection } = decision.call;
  if (connection === undefined) return;
  const others = callersOf(connection).filter((known) => !isOfHandler(known, context));
  const caller = decision.withoutCall();
  const kept = { type: context.getClass(), handler: context.getHandler(), caller };
  byConnection.set(connection, [...others, kept]);
}

function callersOf(connection: object): readonly CallerOfHandler[] {
  return byConnection.get(connection) ?? [];
}

function isOfHandler({ type, handler }: CallerOfHandler, context: ExecutionContext): boolean {
  return type === context.getClass() && isSameHandler(handler, context.getHandler());
}

function describeAmbiguous(className: string): string {
  return (
    `${className} was called twice with the same arguments by different callers, so it is unknown whose call this is, and it returns 500. ` +
    'Pass an object of its own with each call, such as the message.'
  );
}
