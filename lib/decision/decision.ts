import type { ExecutionContext } from '@nestjs/common';
import type { OrgMemberInfo, UserClass } from '@propelauth/node-apis';
import type { ApiKey } from '../types/api-key.js';
import type { McpToken } from '../types/mcp-token.interface.js';
import type { Policy } from '../rules/policy.js';
import type { Memberships, NamedOrgs, RuleCall, RuleCaller } from '../rules/rule-call.js';
import { Rejection } from '../rejections/rejection.js';
import { isSameList, type AnnotationTarget, type Call } from '../transports/call.js';
import type { CallerAccess } from '../transports/open-streams.js';
import { callOf } from '../transports/call-of.js';
import { isSameHandler } from '../rules/declared-method.js';
import { DecisionsByObjects } from './decisions-by-objects.js';

/** A verified caller, of whatever kind. */
export interface Identified extends RuleCaller {
  /** The organizations that the caller is in. */
  memberships(call: Call): Memberships | undefined | Promise<Memberships>;

  /**
   * The caller, with those of the organizations of a call that they have joined since the credential was issued.
   *
   * @returns `undefined` if there can be none
   */
  withJoinedOrgs(named: NamedOrgs, call: Call): Promise<Identified> | undefined;

  /** Notes the caller on a decision, for handlers. */
  keepOn(decision: Decision): void;

  /** Tells them apart from other callers; `undefined` if nothing does. */
  readonly key: string | undefined;

  /** Whose access they have. */
  readonly access: CallerAccess;
}

/** The application's own records of callers. */
interface Accounts {
  /**
   * Loads the account of a call, when it is first asked for.
   *
   * @returns `null` for a caller without an account
   */
  of(caller: Identified): Promise<object | null>;
}

/** The caller of a call, for handlers and others after the decision. */
export interface KnownCaller {
  /** `null` for an unauthenticated caller. */
  readonly identified: Identified | null;
  readonly user: UserClass | null;
  readonly org: OrgMemberInfo | null;
  readonly apiKey: ApiKey | null;
  readonly mcp: McpToken | null;
  /** What loads the account of the caller; `undefined` until the call is allowed. */
  readonly accounts: Accounts | undefined;
  /** Whether the guard has begun to decide, and has not ended. */
  readonly isPending?: boolean;
  /** Whether this is a GraphQL field without a rule, which was allowed because its operation was. */
  readonly belongsToOperation?: boolean;
}

/** What the guard decided about one call of one handler. */
export class Decision implements KnownCaller, RuleCall {
  /** The rules of the handler, once they are looked up. */
  policy: Policy | undefined = undefined;
  /** Whether the guard has begun to decide. Before that, a guard of a handler without a rule may have opened the decision. */
  isBegun = false;
  /** The exception that rejected the call, to be thrown again. */
  rejection: unknown = undefined;
  identified: Identified | null = null;
  user: UserClass | null = null;
  org: OrgMemberInfo | null = null;
  apiKey: ApiKey | null = null;
  mcp: McpToken | null = null;
  accounts: Accounts | undefined = undefined;
  belongsToOperation = false;
  /** The tool, resource or prompt that a request of an MCP client calls, in words, as far as it is known. */
  mcpCall: string | undefined = undefined;
  /** When the guard began to decide, by the clock of the open streams; only for calls that may open a stream. */
  begunAt = 0;
  /** What the decisions about indistinguishable calls share. Only the latest of them is in the chain of {@link earlier} decisions. */
  private twins: Twins | undefined = undefined;
  private currentOutcome: true | Promise<true> | undefined = undefined;

  /**
   * @param call the call that the decision is about. Another context needs another decision, even if the handler is the same
   * @param earlier the previous decision, about another handler or context of the same call
   */
  constructor(
    readonly call: Call,
    public earlier: Decision | undefined,
  ) {}

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
    caller.keepOn(this);
    if (this.user !== null) annotate(this.call, { user: this.user });
  }

  keepOrg(org: OrgMemberInfo): void {
    this.org = org;
    annotate(this.call, { org });
  }

  /** `true` for an allowed call, a promise while the guard decides, `undefined` before that and after a rejection. */
  get outcome(): true | Promise<true> | undefined {
    return this.currentOutcome;
  }

  set outcome(outcome: true | Promise<true> | undefined) {
    this.currentOutcome = outcome;
    if (outcome === true && this.twins !== undefined) this.twins.allowed = this;
  }

  get isAllowed(): boolean {
    return this.outcome === true;
  }

  /** The latest allowed decision about this call, or about one that is indistinguishable from it. */
  get allowed(): Decision | undefined {
    return this.isAllowed ? this : this.twins?.allowed;
  }

  /** Replaces the previous decision, which is about an indistinguishable call. */
  replaceTwin(earlier: Decision): void {
    earlier.twins ??= { allowed: earlier.allowed };
    this.twins = earlier.twins;
    this.earlier = earlier.earlier;
  }

  /** Whether an allowed call may leave something open, such as an event stream. */
  get mayOpenStream(): boolean {
    return (
      this.policy?.opensEventStream === true || this.mayRespondWithStream || this.call.mayStayOpen
    );
  }

  /** Whether only the handler knows if its response stays open. */
  get mayRespondWithStream(): boolean {
    return this.policy?.mayRespondWithStream === true;
  }

  get isPending(): boolean {
    return this.isBegun && !this.isAllowed && this.rejection === undefined;
  }

  /** Whether the call was rejected, and so is over. */
  get isRejected(): boolean {
    return this.isBegun && this.outcome === undefined;
  }

  /** Whether no other decision is about an indistinguishable call. */
  get isAlone(): boolean {
    return this.twins === undefined;
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

interface Twins {
  /** The latest allowed decision about indistinguishable calls. */
  allowed: Decision | undefined;
}

const DECISION = Symbol('nestjs-propelauth: decision');

/**
 * An object that belongs to one call alone, such as a request. It keeps the decision in a property, which costs less than a look-up in a
 * map.
 */
interface DecisionHolder {
  [DECISION]?: Decision;
}

/** Decisions about calls without a holder, by the objects of the calls. */
const byObjects = new DecisionsByObjects<Decision>();

/**
 * Decisions about calls without a holder, by context. The objects of the call are compared, because a context can be used again for another
 * call.
 */
const byContext = new WeakMap<
  ExecutionContext,
  { readonly decision: Decision; readonly objects: readonly object[] }
>();

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

/**
 * The latest decision about a call without a holder, by the list of arguments that its guards and interceptors share. An interceptor may
 * replace the arguments in the list, and a call without objects has nothing but the list.
 */
const byArguments = new WeakMap<readonly unknown[], Decision>();

/**
 * The latest opened decision about a call with a holder. The guards of a call run right after each other, and looking the decision up on an
 * Express request takes as long as everything else.
 */
let latestOpened: Decision | undefined;
/** The holder of {@link latestOpened}. It is compared, because the context may have been used for another call since. */
let latestHolder: DecisionHolder | undefined;

/** The decision of exactly this context, which all guards of one call share. */
export function findDecision(context: ExecutionContext): Decision | undefined {
  return findLatest(context) ?? findKnown(callOf(context));
}

/**
 * The decision of exactly this context. The first guard that is reached opens it.
 */
export function openDecision(context: ExecutionContext): Decision {
  const latestOfContext = findLatest(context);
  if (latestOfContext !== undefined) return latestOfContext;
  const call = callOf(context);
  const known = findKnown(call);
  if (known !== undefined) return known;
  const decision = new Decision(call, latestDecision(call));
  const holder: DecisionHolder | undefined = call.decisionHolder;
  if (holder === undefined) keep(decision);
  else {
    latestHolder = holder;
    holder[DECISION] = latestOpened = decision;
  }
  return decision;
}

/**
 * The caller of a call that the guard has allowed, for handlers, interceptors and pipes. Nest creates a context for each of them. These
 * contexts share only the class, the handler and the arguments.
 */
export function findCaller(context: ExecutionContext): KnownCaller | undefined {
  const latest = findLatest(context);
  if (latest !== undefined) return unlessRejected(latest);
  const call = callOf(context);
  const { sharedConnection } = call;
  if (sharedConnection !== undefined && !byArguments.has(context.getArgs())) {
    return callersOf(sharedConnection).find((known) => isOfHandler(known, context))?.caller;
  }
  const own = findKnown(call);
  if (own !== undefined) return unlessRejected(own);
  let decision = latestDecisionAbout(call);
  // Handlers, interceptors and pipes run only for allowed calls, so other decisions are not about their call.
  while (decision !== undefined) {
    const { allowed } = decision;
    if (allowed !== undefined && isSameCall(decision, context)) return allowed;
    decision = decision.earlier;
  }
  return undefined;
}

/** A rejected caller may have been identified, but their access may have ended. */
export function unlessRejected(decision: Decision | undefined): Decision | undefined {
  return decision?.rejection === undefined ? decision : undefined;
}

/**
 * Whether a call has not reached a guard of this package yet. It is `false` for messages that are strings or numbers, because these cannot
 * be distinguished.
 */
export function isUndecided(context: ExecutionContext): boolean {
  const call = callOf(context);
  if (isPrimitiveMessage(call)) return false;
  let decision = latestDecisionAbout(call);
  while (decision !== undefined && !isSameCall(decision, context)) {
    decision = decision.earlier;
  }
  return decision === undefined;
}

/** Keeps the caller of an allowed call that has no object of its own: the latest for each handler of a connection. */
export function keepForConnection(decision: Decision): void {
  const { call, identified, user, org, apiKey, mcp, accounts } = decision;
  const { context, sharedConnection: connection } = call;
  if (connection === undefined) return;
  const others = callersOf(connection).filter((known) => !isOfHandler(known, context));
  const caller = { identified, user, org, apiKey, mcp, accounts };
  const kept = { type: context.getClass(), handler: context.getHandler(), caller };
  byConnection.set(connection, [...others, kept]);
}

/**
 * Whether a message is a string or number, so that nothing can be kept about it alone. Over a WebSocket, all such messages to one handler
 * of a connection share their caller.
 */
export function isPrimitiveMessage(call: Call): boolean {
  return call.decisionKeys.length === 0;
}

function findLatest(context: ExecutionContext): Decision | undefined {
  return latestOpened?.context === context && context.getArgByIndex(0) === latestHolder
    ? latestOpened
    : undefined;
}

function findKnown(call: Call): Decision | undefined {
  const { context } = call;
  if (call.decisionHolder === undefined) {
    const { decision, objects = [] } = byContext.get(context) ?? {};
    return isSameList(objects, objectsOf(call)) ? decision : undefined;
  }
  let decision = latestDecision(call);
  while (decision !== undefined && decision.context !== context) decision = decision.earlier;
  return decision;
}

/** The objects that distinguish a call from others. A call without objects of its own has the list of arguments that its guards share. */
function objectsOf({ context, decisionKeys }: Call): readonly object[] {
  return decisionKeys.length === 0 ? [context.getArgs()] : decisionKeys;
}

function latestDecision(call: Call): Decision | undefined {
  const holder: DecisionHolder | undefined = call.decisionHolder;
  if (holder !== undefined) return holder === latestHolder ? latestOpened : holder[DECISION];
  const { context, decisionKeys } = call;
  return decisionKeys.length === 0
    ? byArguments.get(context.getArgs())
    : byObjects.latest(decisionKeys);
}

/** The latest decision about a call, about any of its handlers, for code that runs after the guard. */
export function findLatestDecision(context: ExecutionContext): Decision | undefined {
  return latestDecisionAbout(callOf(context));
}

function latestDecisionAbout(call: Call): Decision | undefined {
  const ofArguments =
    call.decisionHolder === undefined ? byArguments.get(call.context.getArgs()) : undefined;
  return ofArguments ?? latestDecision(call);
}

function keep(decision: Decision): void {
  const { call, context, earlier } = decision;
  // One request can make thousands of indistinguishable calls at once, such as federation references that name one variable.
  if (earlier !== undefined && isSameCall(earlier, context)) decision.replaceTwin(earlier);
  byContext.set(context, { decision, objects: objectsOf(call) });
  byArguments.set(context.getArgs(), decision);
  const { decisionKeys } = call;
  if (decisionKeys.length > 0) byObjects.add(decisionKeys, decision);
}

/** Whether a context belongs to the call of a decision: the same handler with the same arguments. */
function isSameCall({ call }: Decision, other: ExecutionContext): boolean {
  const { context } = call;
  const type = context.getClass();
  return (
    type === other.getClass() &&
    call.hasArgumentsOf(other) &&
    isSameHandler(context.getHandler(), other.getHandler())
  );
}

function callersOf(connection: object): readonly CallerOfHandler[] {
  return byConnection.get(connection) ?? [];
}

function isOfHandler({ type, handler }: CallerOfHandler, context: ExecutionContext): boolean {
  return type === context.getClass() && isSameHandler(handler, context.getHandler());
}
