import type { OpenAPIObject } from '@nestjs/swagger';
import type { HandlerAccess } from '../rules/handler-access.js';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
type Parameters = NonNullable<Operation['parameters']>;

/** The parameters of an operation with the headers that bring step-up grants, unless it declares them for itself. */
export function withGrantHeaders(
  parameters: Parameters = [],
  { stepUps }: HandlerAccess,
): Parameters {
  const declared = new Set(parameters.map(nameOfHeader));
  const missing = stepUps.filter(({ grantHeader }) => !declared.has(grantHeader));
  return [
    ...parameters,
    ...missing.map(({ grantHeader, actionType }) => ({
      name: grantHeader,
      in: 'header' as const,
      required: true,
      description: `A step-up grant of PropelAuth for the action ${actionType}.`,
      schema: { type: 'string' as const },
    })),
  ];
}

function nameOfHeader(parameter: Parameters[number]): string | undefined {
  return 'in' in parameter && parameter.in === 'header' ? parameter.name.toLowerCase() : undefined;
}
