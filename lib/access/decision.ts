import type { ExecutionContext } from '@nestjs/common';
import type { ApiKeyValidation, OrgMemberInfo, UserClass } from '@propelauth/node-apis';
import type { PropelAuthWebhookEvent } from '../webhook/webhook-event.js';
import {
  dropCallDecision,
  findCallDecision,
  keepCallDecision,
  mayHaveLostCallDecision,
} from './call-decisions.js';
import { PropelAuthUnavailableException } from './refusal.exceptions.js';

/** What the guard decided about one call of one handler. It lasts as long as the request, the message or the call. */
export class Decision {
  /** Allowed (the promise while it is being decided); `undefined` when it was refused at once. */
  outcome: true | Promise<true> | undefined = undefined;
  /** What refused it, to be thrown again. */
  refusal: unknown = undefined;
  user: UserClass | null = null;
  org: OrgMemberInfo | null = null;
  apiKey: ApiKeyValidation | null = null;
  event: PropelAuthWebhookEvent | null = null;
  /** The one before it, about another handler or context of the same request. */
  earlier: Decision | undefined = undefined;

  /** @param context what it is made for. Another context needs another decision, even if the handler is the same */
  constructor(readonly context: ExecutionContext) {}
}

// Registered, so that the decorators of a second copy of the package find what the guard of the first one decided.
const DECISION = Symbol.for('propelauth:decision');

/** Carries the latest decision about a request. */
interface WithDecision {
  [DECISION]?: Decision | undefined;
}

/** Node's request. Express hands it on as it is, Fastify inside its own. */
interface RawRequest extends WithDecision {
  rawHeaders?: WithDecision;
}

/**
 * The latest decision about the handler of a context, if there is one.
 *
 * Nest makes a context of its own for guards, pipes, interceptors and parameters. What they share is the request (of a message
 * or a GraphQL call: the arguments), the class and the handler.
 */
export function findDecision(context: ExecutionContext): Decision | undefined {
  if (context.getType() !== 'http') return findCallDecision(context);
  let decision = carrierOf(context)[DECISION];
  while (decision !== undefined && !isSameCall(decision.context, context))
    decision = decision.earlier;
  return decision;
}

/**
 * The same, for those who ask when the guard has decided: handlers, interceptors, pipes.
 *
 * @throws {PropelAuthUnavailableException} `decision_lost` when there may have been one that had to make room for others. Without
 * it a caller who is known would pass for an anonymous one
 */
export function recallDecision(context: ExecutionContext): Decision | undefined {
  const decision = findDecision(context);
  if (decision !== undefined || context.getType() === 'http') return decision;
  if (!mayHaveLostCallDecision(context)) return undefined;
  throw new PropelAuthUnavailableException('decision_lost', undefined, false);
}

/** Forgets a refusal where decisions about others would have to make room for it. Requests keep theirs. */
export function dropRefusal(decision: Decision): void {
  if (decision.context.getType() !== 'http') dropCallDecision(decision);
}

/**
 * Opens the decision of a context; from now on it is the latest about its handler.
 *
 * @throws {Error} for a context of a type that the package does not know
 */
export function openDecision(context: ExecutionContext): Decision {
  const decision = new Decision(context);
  if (context.getType() !== 'http') {
    keepCallDecision(decision);
    return decision;
  }
  const carrier = carrierOf(context);
  decision.earlier = carrier[DECISION];
  carrier[DECISION] = decision;
  return decision;
}

/**
 * What the decisions about a request are kept on: its list of raw headers. It is as much the request's own as the request is,
 * but Express gives every request another prototype, after which each property that is added to it takes V8 about 1 µs.
 */
function carrierOf(context: ExecutionContext): WithDecision {
  const request = context.getArgByIndex<RawRequest & { raw?: RawRequest }>(0);
  return request.rawHeaders ?? request.raw?.rawHeaders ?? request;
}

/** The same handler and the same request: a copy of a request, which takes the list along, is another one. */
function isSameCall(one: ExecutionContext, other: ExecutionContext): boolean {
  return (
    one.getHandler() === other.getHandler() &&
    one.getClass() === other.getClass() &&
    one.getArgByIndex<unknown>(0) === other.getArgByIndex<unknown>(0)
  );
}
