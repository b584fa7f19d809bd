import type { ExecutionContext } from '@nestjs/common';
import { graphqlCallOf } from '../transport/graphql-call.js';
import { unknownTransport } from '../transport/transport-of.js';
import type { Decision } from './decision.js';

/**
 * How many decisions one object may carry. All but one kind of object belong to a single call; messages that are mere texts or
 * numbers have only their connection, and a client must not be able to fill the memory by sending many.
 */
const MOST_PER_CARRIER = 1_000;

/** How long the texts among their arguments may be in all, but for those of the latest. */
const MOST_CHARACTERS_PER_CARRIER = 1_000_000;

// Registered, so that the decorators of a second copy of the package find what the guard of the first one decided.
const CALL_DECISIONS = Symbol.for('propelauth:call-decisions');

/** What an object carries. */
interface Carried {
  decisions: Decision[];
  /** The handlers whose decisions had to make room for later ones: maybe before their calls were over. */
  lostOf: Set<Function> | undefined;
}

/** Decisions about calls that are not HTTP requests, by an object that lasts as long as the call. */
const carried: WeakMap<object, Carried> = ((
  globalThis as { [CALL_DECISIONS]?: WeakMap<object, Carried> }
)[CALL_DECISIONS] ??= new WeakMap());

/**
 * The decision about a call, if there is one: that of this very context, else the latest that allowed a call with the same
 * arguments. One that is still being made, or was a refusal, belongs to a call that has not reached its parameters.
 */
export function findCallDecision(context: ExecutionContext): Decision | undefined {
  const kept = findCarried(context)?.decisions;
  return (
    kept?.findLast((decision) => decision.context === context) ??
    kept?.findLast((decision) => decision.outcome === true && isSameCall(decision.context, context))
  );
}

/**
 * Whether a call of this handler without a decision may have had one. Nobody knows any longer who called, which is something
 * else than a call by nobody.
 */
export function mayHaveLostCallDecision(context: ExecutionContext): boolean {
  return findCarried(context)?.lostOf?.has(context.getHandler()) ?? false;
}

/** @throws {Error} for a context of a type that the package does not know, and for one without an object to keep it by */
export function keepCallDecision(decision: Decision): void {
  const carrier = findCarrier(decision.context);
  if (carrier === undefined) throw unknownTransport(decision.context);
  const kept = carried.get(carrier);
  if (kept === undefined) {
    carried.set(carrier, { decisions: [decision], lostOf: undefined });
    return;
  }
  const latest = latestOf(kept.decisions);
  for (const lost of kept.decisions.slice(0, kept.decisions.length - latest.length)) {
    (kept.lostOf ??= new Set()).add(lost.context.getHandler());
  }
  kept.decisions = [...latest, decision];
}

/** Takes a refusal away, lest refused messages push out the decisions about those that were allowed. */
export function dropCallDecision(refused: Decision): void {
  const kept = findCarried(refused.context);
  if (kept === undefined) return;
  kept.decisions = kept.decisions.filter((decision) => decision !== refused);
}

/** The latest that there is room for beside another one. */
function latestOf(kept: readonly Decision[]): Decision[] {
  let characters = 0;
  const tooOld = kept.findLastIndex(
    ({ context }) => (characters += lengthOfTexts(context)) > MOST_CHARACTERS_PER_CARRIER,
  );
  return kept.slice(tooOld + 1).slice(1 - MOST_PER_CARRIER);
}

function lengthOfTexts(context: ExecutionContext): number {
  return context
    .getArgs<unknown[]>()
    .reduce<number>((sum, value) => sum + (typeof value === 'string' ? value.length : 0), 0);
}

function findCarried(context: ExecutionContext): Carried | undefined {
  const carrier = findCarrier(context);
  return carrier && carried.get(carrier);
}

function findCarrier(context: ExecutionContext): object | undefined {
  return carriersOf(context).find(isObject);
}

/** What may carry the decisions about a call: the first of these that is an object. */
function carriersOf(context: ExecutionContext): unknown[] {
  switch (context.getType<string>()) {
    case 'graphql': {
      const { args, info, root } = graphqlCallOf(context);
      // All references of one query share the rest.
      return args === undefined ? [root, info] : [info];
    }
    case 'ws': {
      const [client, data, acknowledge] = context.getArgs<unknown[]>();
      return [data, acknowledge, client];
    }
    case 'rpc': {
      const [data, messageContext] = context.getArgs<unknown[]>();
      return [messageContext, data];
    }
    default:
      return [];
  }
}

/** The same handler with the same arguments: Nest hands copies of their list to pipes and parameters. */
function isSameCall(one: ExecutionContext, other: ExecutionContext): boolean {
  const values = one.getArgs<unknown[]>();
  const others = other.getArgs<unknown[]>();
  return (
    one.getHandler() === other.getHandler() &&
    one.getClass() === other.getClass() &&
    values.length === others.length &&
    values.every((value, index) => Object.is(value, others[index]))
  );
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
