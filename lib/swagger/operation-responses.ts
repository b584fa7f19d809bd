import { HttpStatus, type HttpException } from '@nestjs/common';
import type { HandlerAccess } from '../rules/handler-access.js';
import { descriptionsOf } from '../rules/access-summary.js';
import { exceptionFor } from '../rejections/exception-for.js';
import { denied, Rejection } from '../rejections/rejection.js';
import type { RejectionBodyOptions } from '../rejections/rejection.exceptions.js';
import type { Hooks } from '../plugins/hooks.js';
import { REJECTIONS, type RejectionReason } from '../rejections/rejection-table.js';
import type { Responses, Schema } from './openapi-types.js';
import type { Policy } from '../rules/policy.js';

type Headers = Extract<Responses[string], { description: string }>['headers'];

/** The component name of the error schema. */
export const ERROR_SCHEMA = 'PropelAuthError';

/**
 * The body of an error of the guard. Each response has its own examples.
 *
 * @param ownCodes those of the rules of the application
 */
export const errorSchema = (ownCodes: readonly string[]): Schema => ({
  type: 'object',
  description: 'Why the request was rejected.',
  required: ['statusCode', 'message'],
  properties: {
    statusCode: { type: 'integer' },
    message: {
      type: 'string',
      description: 'The name of the status. In debug mode, the reason as a sentence.',
    },
    error: { type: 'string', description: 'The name of the status, in debug mode.' },
    code: {
      type: 'string',
      enum: [...new Set([...Object.values(REJECTIONS).map(({ code }) => code), ...ownCodes])],
      description: 'What the client should do. With errorCodes: false, only step_up_required.',
    },
    reason: {
      type: 'string',
      enum: Object.keys(REJECTIONS),
      description: 'The reason, in debug mode.',
    },
  },
});

/** The properties that determine the errors of all operations. */
interface ErrorContext {
  /** What the bodies of errors say. */
  readonly bodies: RejectionBodyOptions;
  /** What plugins add, such as challenges. */
  readonly hooks: Hooks;
}

/** A route of which an operation shows the errors. */
interface RejectingRoute {
  readonly access: HandlerAccess;
  readonly policy: Policy;
  /** Whether pages of other origins are rejected, because the credential may be in a cookie. */
  readonly isUnderCookie: boolean;
}

/** Adds the guard's errors to the responses that the route declares. */
export function withErrorResponses(
  responses: Responses,
  route: RejectingRoute,
  context: ErrorContext,
): Responses {
  const rejections = rejectionsOf(route);
  const statuses = new Set(rejections.map(({ status }) => status));
  const errors = [...statuses].map((status) => [
    status,
    errorResponse(
      rejections.filter((one) => one.status === status),
      route.policy,
      context,
    ),
  ]);
  return { ...(Object.fromEntries(errors) as Responses), ...responses };
}

/** A rejection in a document. */
interface DocumentedRejection {
  /** The name of its example. */
  readonly name: string;
  readonly status: number;
  readonly description: string;
  readonly rejection: Rejection;
  /** The reason that its challenge is of; `undefined` if there is none. */
  readonly challenged: RejectionReason | undefined;
}

/** Those of the package, then those that rules of the application have declared. */
function rejectionsOf(route: RejectingRoute): DocumentedRejection[] {
  const denials = descriptionsOf(route.access).flatMap((rule) => rule.denials ?? []);
  return [
    ...reasonsOf(route).map((reason) => ({
      ...REJECTIONS[reason],
      name: reason,
      rejection: new Rejection(reason),
      challenged: reason,
    })),
    ...denials.map((denial) => ({
      name: denial.code,
      status: denial.status,
      description: `The rule '${denial.rule}' denies the request`,
      rejection: denied(denial),
      challenged:
        denial.status === (HttpStatus.UNAUTHORIZED as number)
          ? ('credential_invalid' as const)
          : undefined,
    })),
  ];
}

/** The reasons that a caller of the route should know: about the credential, by the rules, then by what else can go wrong. */
function reasonsOf({ access, isUnderCookie }: RejectingRoute): RejectionReason[] {
  const isOptional = access.access === 'optional';
  const ofRules = descriptionsOf(access).flatMap(({ reasons, reasonsForNobody = [] }) => [
    ...(isOptional ? reasonsForNobody : []),
    ...reasons,
  ]);
  // Without a valid credential, the callers of an optional handler are unauthenticated.
  const asked = isOptional ? [] : [...access.kinds.values()];
  const kinds = asked.flatMap(({ facts }) => facts ?? []);
  const [only] = kinds.length === 1 ? kinds : [];
  const ofKinds = kinds.flatMap(({ reasons = [] }) => reasons);
  const all: RejectionReason[] = [
    ...(kinds.length > 0 ? [only?.missing ?? 'credential_missing'] : []),
    ...ofKinds.filter(isAboutCredential),
    ...ofRules,
    ...(isUnderCookie ? ['origin_not_allowed' as const] : []),
    ...ofKinds.filter((reason) => !isAboutCredential(reason)),
  ];
  return [...new Set(all)];
}

function isAboutCredential(reason: RejectionReason): boolean {
  return REJECTIONS[reason].status === HttpStatus.UNAUTHORIZED;
}

/** The response for one status, with an example for each rejection. */
function errorResponse(
  rejections: readonly DocumentedRejection[],
  policy: Policy,
  context: ErrorContext,
): Responses[string] {
  const [first] = rejections as [DocumentedRejection];
  const headers = {
    ...challengeHeader(first.challenged, policy, context),
    ...retryHeader(first.status),
  };
  return {
    description: inWords(rejections),
    ...(Object.keys(headers).length > 0 && { headers }),
    content: {
      'application/json': {
        schema: { $ref: `#/components/schemas/${ERROR_SCHEMA}` },
        examples: Object.fromEntries(
          rejections.map((rejection) => [rejection.name, exampleOf(rejection, context.bodies)]),
        ),
      },
    },
  };
}

/** Joins the descriptions of rejections to one sentence. */
function inWords(rejections: readonly DocumentedRejection[]): string {
  const [first, ...others] = new Set(rejections.map(({ description }) => description));
  return `${[first, ...others.map((other) => other.replace(/^The /, 'the '))].join(', or ')}.`;
}

/** An example of the guard's error body. */
function exampleOf(
  { rejection, description }: DocumentedRejection,
  bodies: RejectionBodyOptions,
): { summary: string; value: unknown } {
  const exception = exceptionFor(rejection, bodies) as HttpException;
  return { summary: `${description}.`, value: exception.getResponse() };
}

/** The challenge of the first rejection. A plugin may write its own, or none. */
function challengeHeader(
  reason: RejectionReason | undefined,
  policy: Policy,
  { hooks }: ErrorContext,
): Headers {
  if (reason === undefined) return undefined;
  const ofPlugin = hooks.challenge?.(policy, reason);
  const challenge = ofPlugin === undefined ? REJECTIONS[reason].challenge : ofPlugin;
  if (challenge == null) return undefined;
  const sections = ofPlugin === undefined ? 'section 3' : 'section 3; RFC 9728, section 5.1';
  const description = `The challenge (RFC 6750, ${sections}).`;
  return { 'WWW-Authenticate': { description, schema: { type: 'string', example: challenge } } };
}

function retryHeader(status: number): Headers {
  if (!RETRYABLE.includes(status)) return undefined;
  const description = 'How many seconds to wait before the next attempt, if known.';
  return { 'Retry-After': { description, schema: { type: 'integer' } } };
}

const RETRYABLE: readonly number[] = [HttpStatus.TOO_MANY_REQUESTS, HttpStatus.SERVICE_UNAVAILABLE];
