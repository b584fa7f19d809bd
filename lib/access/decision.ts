import type { ExecutionContext } from '@nestjs/common';
import type { ApiKeyValidation, OrgMemberInfo, UserClass } from '@propelauth/node-apis';
import type { PropelAuthWebhookEvent } from '../webhook/webhook-event.js';
import { findCallDecision, keepCallDecision } from './call-decisions.js';

/** What the guard decided about one call of one handler. It lasts as long as the request, the message or the call. */
export interface Decision {
  /** The context that it was made for. Another context needs another decision, even if the handler is the same. */
  readonly context: ExecutionContext;
  /** Allowed (the promise while it is being decided); `undefined` when it was refused at once. */
  outcome?: true | Promise<true>;
  /** What refused it, to be thrown again. */
  refusal?: unknown;
  user: UserClass | null;
  org: OrgMemberInfo | null;
  apiKey: ApiKeyValidation | null;
  event: PropelAuthWebhookEvent | null;
}

// Registered, so that the decorators of a second copy of the package find what the guard of the first one decided.
const DECISIONS = Symbol.for('propelauth:decisions');

interface WithDecisions {
  [DECISIONS]?: Decision[];
}

/** Node's request. Express hands it on as it is, Fastify inside its own. */
interface RawRequest extends WithDecisions {
  rawHeaders?: WithDecisions;
}

/**
 * The latest decision about the handler of a context, if there is one.
 *
 * Nest makes a context of its own for guards, pipes, interceptors and parameters. What they share is the request (of a message
 * or a GraphQL call: the arguments), the class and the handler.
 */
export function findDecision(context: ExecutionContext): Decision | undefined {
  if (context.getType() !== 'http') return findCallDecision(context);
  return carrierOf(context)[DECISIONS]?.find((decision) => isSameCall(decision.context, context));
}

/**
 * Opens the decision of a context; about a request in place of an earlier one about the same handler.
 *
 * @throws {Error} for a context of a type that the package does not know
 */
export function openDecision(context: ExecutionContext): Decision {
  const decision: Decision = { context, user: null, org: null, apiKey: null, event: null };
  if (context.getType() === 'http') keepRequestDecision(decision);
  else keepCallDecision(decision);
  return decision;
}

function keepRequestDecision(decision: Decision): void {
  const { context } = decision;
  const carrier = carrierOf(context);
  const earlier = carrier[DECISIONS];
  carrier[DECISIONS] =
    earlier === undefined
      ? [decision]
      : [...earlier.filter((other) => !isSameCall(other.context, context)), decision];
}

/**
 * What the decisions about a request are kept on: its list of raw headers. It is as much the request's own as the request is,
 * but Express gives every request another prototype, after which each property that is added to it takes V8 about 1 µs.
 */
function carrierOf(context: ExecutionContext): WithDecisions {
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
