import type { RouteAccess } from '../access/route-access.js';
import { REFUSAL_DESCRIPTIONS } from '../access/refusal-reason.js';
import type { OpenAPIObject } from '@nestjs/swagger';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
type Responses = Operation['responses'];
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
      enum: Object.keys(REFUSAL_DESCRIPTIONS),
      description: 'The reason, in debug mode.',
    },
  },
};

/** The answers that the guard can give on a route, beside those that the route declares for itself. */
export function withRefusals(
  responses: Responses,
  { access, orgRequirements }: RouteAccess,
): Responses {
  return {
    ...(access === 'user' && { 401: refusal('There is no valid access token.', 'Bearer') }),
    ...(orgRequirements.length > 0 && {
      403: refusal(
        'The user may not do this in the organization.',
        'Bearer error="insufficient_scope"',
      ),
    }),
    ...responses,
  };
}

function refusal(description: string, challenge: string): Responses[string] {
  return {
    description,
    headers: {
      'WWW-Authenticate': {
        description: 'The challenge (RFC 6750, section 3).',
        schema: { type: 'string', example: challenge },
      },
    },
    content: {
      'application/json': { schema: { $ref: `#/components/schemas/${REFUSAL_SCHEMA}` } },
    },
  };
}
