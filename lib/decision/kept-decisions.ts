import { isDeepStrictEqual } from 'node:util';
import type { ExecutionContext } from '@nestjs/common';
import { exceptionForUnguarded } from '../rejections/unguarded-calls.js';
import { isSameHandler } from '../rules/declared-method.js';
import { hasRule } from '../rules/is-under-rule.js';
import type { Call } from '../transports/call.js';
import { callOf } from '../transports/call-of.js';
import { privateField } from '../values/private-field.js';
import { Decision, type Identified, type KnownCaller } from './decision.js';

/** What is kept about the calls that have all their objects in common. */
export class DecisionsOfObjects<Decision> {
  /** The latest one, whatever its outcome. */
  latest: Decision | undefined = undefined;
  /** Those that allowed a call, the latest first. */
  allowed: readonly Decision[] = [];
  /** The calls that have one more object. */
  #next: WeakMap<object, DecisionsOfObjects<Decision>> | undefined;

  find(object: object): DecisionsOfObjects<Decision> | undefined {
    return this.#next?.get(object);
  }

  with(object: object): DecisionsOfObjects<Decision> {
    const found = this.find(object) ?? new DecisionsOfObjects<Decision>();
    this.#next ??= new WeakMap();
    this.#next.set(object, found);
    return found;
  }
}

/**
 * Finds decisions by all objects of their calls together. The first object alone may outlive the call, such as the client of a library or a
 * value that GraphQL resolves, and a decision must not outlive its call.
 */
export class DecisionsByObjects<Decision> {
  readonly #ofFirst = privateField<DecisionsOfObjects<Decision>>();

  find([first, ...others]: readonly object[]): DecisionsOfObjects<Decision> | undefined {
    let found = first && this.#ofFirst.get(first);
    for (const object of others) found = found?.find(object);
    return found;
  }

  /** Like {@link find}, but never `undefined`. */
  of([first, ...others]: readonly [object, ...object[]]): DecisionsOfObjects<Decision> {
    const root = this.#ofFirst.get(first) ?? new DecisionsOfObjects<Decision>();
    this.#ofFirst.set(first, root);
    return others.reduce<DecisionsOfObjects<Decision>>((found, object) => found.with(object), root);
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
