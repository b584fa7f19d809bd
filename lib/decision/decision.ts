import type { ExecutionContext } from '@nestjs/common';
import type { ApiKeyValidation, OrgMemberInfo, UserClass } from '@propelauth/node-apis';
import type { Caller } from '../types/caller.js';
import type { McpToken } from '../types/mcp-token.interface.js';
import type { PropelAuthEvent } from '../propelauth/webhooks/propel-auth-event.js';
import type { Policy } from '../rules/policy.js';
import { isSameList, type Call } from '../transports/call.js';
import type { CallerAccess } from '../transports/open-streams.js';
import { callOf } from '../transports/call-of.js';
import { isSameHandler } from '../rules/declared-method.js';
import { DecisionsByObjects } from './decisions-by-objects.js';

/** A verified caller, of whatever kind. */
interface Identified {
  /** The caller as applications see it. */
  describe(): Caller;

  /** Whose access they have. */
  readonly access: CallerAccess;
}

/** The caller of a call, for handlers and others after the decision. */
export interface KnownCaller {
  /** `null` for an unauthenticated caller, and for PropelAuth itself. */
  readonly identified: Identified | null;
  readonly user: UserClass | null;
  readonly org: OrgMemberInfo | null;
  readonly apiKey: ApiKeyValidation | null;
  readonly mcp: McpToken | null;
  readonly event: PropelAuthEvent | null;
  /** Whether this is a GraphQL field without a rule, which was allowed because its operation was. */
  readonly belongsToOperation?: boolean;
}

/** What the guard decided about one call of one handler. */
export class Decision implements KnownCaller {
  /** The rules of the handler, once they are looked up. */
  policy: Policy | undefined = undefined;
  /** Whether it is being made; until then a guard has been reached that has nothing to say. */
  isBegun = false;
  /** The exception that rejected it, to be thrown again. */
  rejection: unknown = undefined;
  identified: Identified | null = null;
  user: UserClass | null = null;
  org: OrgMemberInfo | null = null;
  apiKey: ApiKeyValidation | null = null;
  mcp: McpToken | null = null;
  event: PropelAuthEvent | null = null;
  belongsToOperation = false;
  /** The tool, resource or prompt that a request of an MCP client calls, in words, as far as it is known. */
  mcpCall: string | undefined = undefined;
  /** When it began, by the clock of the open streams; only for calls that open one. */
  begunAt = 0;
  /** The decisions about calls that cannot be told from this one. Of them, only the latest leads to earlier ones. */
  private twins: Twins | undefined = undefined;
  private currentOutcome: true | Promise<true> | undefined = undefined;

  /**
   * @param call what it is made for. Another context needs another decision, even if the handler is the same
   * @param earlier the one before it, about another handler or context of the same call
   */
  constructor(
    readonly call: Call,
    public earlier: Decision | undefined,
  ) {}

  get context(): ExecutionContext {
    return this.call.context;
  }

  /** Allowed (the promise while it is being decided); `undefined` when it was rejected. */
  get outcome(): true | Promise<true> | undefined {
    return this.currentOutcome;
  }

  set outcome(outcome: true | Promise<true> | undefined) {
    this.currentOutcome = outcome;
    if (outcome === true && this.twins !== undefined) this.twins.allowed = this;
  }

  /** Whether the call was allowed. */
  get isAllowed(): boolean {
    return this.outcome === true;
  }

  /** The latest allowed decision about this call, or about one that cannot be told from it. */
  get allowed(): Decision | undefined {
    return this.isAllowed ? this : this.twins?.allowed;
  }

  /** Takes the place of the decision before it, which is about a call that cannot be told from this one. */
  replaceTwin(earlier: Decision): void {
    earlier.twins ??= { allowed: earlier.allowed };
    this.twins = earlier.twins;
    this.earlier = earlier.earlier;
  }

  /** Whether something may stay open when the call is let in. */
  get mayOpenStream(): boolean {
    return (
      this.policy?.opensEventStream === true || this.mayRespondWithStream || this.call.mayStayOpen
    );
  }

  /** Whether only the handler knows if its response stays open. */
  get mayRespondWithStream(): boolean {
    return this.policy?.mayRespondWithStream === true;
  }

  /** Whether the call was rejected, and so is over. */
  get isRejected(): boolean {
    return this.isBegun && this.outcome === undefined;
  }

  /** Whether only this decision is about such a call. */
  get isAlone(): boolean {
    return this.twins === undefined;
  }
}

interface Twins {
  /** The latest one that was allowed. */
  allowed: Decision | undefined;
}

const DECISION = Symbol('nestjs-propelauth: decision');

/** What belongs to one call alone, such as a request. A property costs less than a look-up in a map. */
interface DecisionHolder {
  [DECISION]?: Decision;
}

/** Decisions about calls without a holder. */
const byObjects = new DecisionsByObjects<Decision>();

/** The same, by what they were made for, with the objects of the call: a context can be used for another one. */
const byContext = new WeakMap<
  ExecutionContext,
  { readonly decision: Decision; readonly objects: readonly object[] }
>();

/**
 * What is known of the messages of a connection that are strings or numbers, by class and handler: they have no object of
 * their own. All come from the caller who opened the connection.
 */
const byConnection = new WeakMap<object, Map<Function, Map<Function, KnownCaller>>>();

/**
 * The latest decision about a call without a holder, by the list of arguments that its guards and interceptors share. An
 * interceptor may replace what is in the list, and calls without an object have nothing else.
 */
const byArguments = new WeakMap<readonly unknown[], Decision>();

/**
 * The decision about a call with a holder that was reached last. The guards of a call are reached one right after the other, and to look
 * it up on a request of Express takes as long as the rest.
 */
let latestOpened: Decision | undefined;
/** Its holder. Its context may have been used for another one since. */
let latestHolder: DecisionHolder | undefined;

/** The decision of exactly this context: what all guards of one call share. */
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
 * Who a call comes from, for those who ask once the guard has decided: handlers, interceptors, pipes. Nest makes a context of its
 * own for each. What they share is the class, the handler and the arguments.
 */
export function findCaller(context: ExecutionContext): KnownCaller | undefined {
  const latest = findLatest(context);
  if (latest !== undefined) return latest;
  const call = callOf(context);
  const { sharedConnection } = call;
  if (sharedConnection !== undefined && !byArguments.has(context.getArgs())) {
    return findConnectionCaller(sharedConnection, context);
  }
  const own = findKnown(call);
  if (own !== undefined) return own;
  let decision = latestDecisionAbout(call);
  // What is rejected, or still being decided, has not reached anyone who asks.
  while (decision !== undefined) {
    const { allowed } = decision;
    if (allowed !== undefined && isSameCall(decision, context)) return allowed;
    decision = decision.earlier;
  }
  return undefined;
}

/**
 * Whether a call has not reached a guard of this package so far. Messages that are strings or numbers cannot be told apart over a
 * WebSocket.
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

/** Keeps what was allowed where there is no object to keep it by: the latest for each handler of a connection. */
export function keepForConnection(decision: Decision): void {
  const { call, identified, user, org, apiKey, mcp, event } = decision;
  const { context, sharedConnection: connection } = call;
  if (connection === undefined) return;
  const type = context.getClass();
  const ofConnection =
    byConnection.get(connection) ?? new Map<Function, Map<Function, KnownCaller>>();
  const ofClass = ofConnection.get(type) ?? new Map<Function, KnownCaller>();
  ofClass.set(context.getHandler(), { identified, user, org, apiKey, mcp, event });
  byConnection.set(connection, ofConnection.set(type, ofClass));
}

/**
 * Whether a message is a string or number: nothing can be kept that is about it alone. Over a WebSocket, all of a connection and
 * handler share what is known of the caller.
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

/** What a call is told from others by: without objects of its own, by the list of arguments that its guards share. */
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

/** The latest decision about a call, for those who ask once the guard has decided: about whichever of its handlers. */
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
  // One request can make thousands of such calls at once, such as references of a federation that name one variable.
  if (earlier !== undefined && isSameCall(earlier, context)) decision.replaceTwin(earlier);
  byContext.set(context, { decision, objects: objectsOf(call) });
  byArguments.set(context.getArgs(), decision);
  const { decisionKeys } = call;
  if (decisionKeys.length > 0) byObjects.add(decisionKeys, decision);
}

/**
 * Whether a context is of the call that a decision is about: the same handler with the same arguments. Nest names a method that a
 * constructor has replaced by the function of the instance to pipes and parameters, and by that of the class to guards.
 */
function isSameCall({ call }: Decision, other: ExecutionContext): boolean {
  const { context } = call;
  const type = context.getClass();
  return (
    type === other.getClass() &&
    call.hasArgumentsOf(other) &&
    isSameHandler(type, context.getHandler(), other.getHandler())
  );
}

function findConnectionCaller(
  connection: object,
  context: ExecutionContext,
): KnownCaller | undefined {
  const type = context.getClass();
  for (const [handler, caller] of byConnection.get(connection)?.get(type) ?? []) {
    if (isSameHandler(type, handler, context.getHandler())) return caller;
  }
  return undefined;
}
