import type { HandlerAccess } from '../rules/handler-access.js';
import { REFUSALS } from '../refusals/refusal-table.js';
import type { OpenAPIObject } from '@nestjs/swagger';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
type Responses = Operation['responses'];
type Headers = Extract<Responses[string], { description: string }>['headers'];
type Schema = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>[string];

/** The name of the schema of refusals among the components of a document. */
export const REFUSAL_SCHEMA = 'PropelAuthRefusal';

/** The body of a refusal. */
export const refusalSchema: Schema = {
  type: 'object',
  description: 'Why PropelAuthGuard refused the request; in full only in debug mode.',
  required: ['statusCode', 'message'],
  properties: {
    statusCode: { type: 'integer', example: 401 },
    message: { type: 'string', example: 'Unauthorized' },
    error: { type: 'string', description: 'The name of the status, in debug mode.' },
    reason: {
      type: 'string',
      enum: Object.keys(REFUSALS),
      description: 'The reason, in debug mode.',
    },
  },
};

/** The answers that the guard can give on a route, beside those that the route declares for itself. */
export function withRefusals(responses: Responses, access: HandlerAccess): Responses {
  return { ...refusalsOf(access), ...responses };
}

function refusalsOf(route: HandlerAccess): Responses {
  const { access } = route;
  const takesApiKeys = access === 'api-key' || access === 'user-or-api-key';
  const forbids = route.orgRequirements.length > 0 || route.deniesImpersonation;
  return {
    ...(access === 'webhook' && { 400: refusal('PropelAuth has not just signed this.') }),
    ...((access === 'user' || takesApiKeys) && { 401: challenge(UNAUTHORIZED[access], 'Bearer') }),
    ...((forbids || route.stepUps.length > 0) && {
      403: challenge(forbiddenDescription(route), 'Bearer error="insufficient_scope"'),
    }),
    ...(takesApiKeys && { 429: retryable('The API key is used too often.') }),
    ...((takesApiKeys || route.stepUps.length > 0) && {
      503: retryable('PropelAuth cannot be asked at the moment.'),
    }),
  };
}

const UNAUTHORIZED = {
  user: 'There is no valid access token.',
  'api-key': 'There is no valid API key.',
  'user-or-api-key': 'There is no valid access token or API key.',
};

function forbiddenDescription({
  orgRequirements,
  deniesImpersonation,
  stepUps,
}: HandlerAccess): string {
  return [
    orgRequirements.length > 0 && 'The caller may not do this in the organization.',
    deniesImpersonation && 'The user is impersonated.',
    stepUps.length > 0 && 'There is no step-up grant for the action (reason `step_up_required`).',
  ]
    .filter((sentence) => sentence !== false)
    .join(' ');
}

function challenge(description: string, example: string): Responses[string] {
  return refusal(description, {
    'WWW-Authenticate': {
      description: 'The challenge (RFC 6750, section 3).',
      schema: { type: 'string', example },
    },
  });
}

function retryable(description: string): Responses[string] {
  return refusal(description, {
    'Retry-After': {
      description: 'After how many seconds to try again, where that is known.',
      schema: { type: 'integer' },
    },
  });
}

function refusal(description: string, headers?: Headers): Responses[string] {
  return {
    description,
    ...(headers && { headers }),
    content: {
      'application/json': { schema: { $ref: `#/components/schemas/${REFUSAL_SCHEMA}` } },
    },
  };
}
