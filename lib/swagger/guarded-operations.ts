import type { OpenAPIObject } from '@nestjs/swagger';
import type { SecurityRequirement } from '../decorators/open-api-security.js';
import type { HandlerAccessResolver } from '../audit/application/handler-access-resolver.js';
import { summaryOf } from '../rules/access-summary.js';
import { readRequirements, type MarkedOperation } from './operation-markers.js';
import { withErrorResponses } from './operation-responses.js';
import { withGrantHeaders } from './operation-parameters.js';
import { extensionOf } from './access-extension.js';
import { securityOf } from './operation-security.js';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

/** What all operations of one document have in common. */
export interface DocumentContext {
  readonly access: HandlerAccessResolver;
  readonly schemes: readonly string[];
  readonly documentSecurity: readonly SecurityRequirement[];
}

/** The operations of all paths and webhooks. */
export function operationsOf(document: OpenAPIObject): Operation[] {
  const pathItems = [...Object.values(document.paths), ...Object.values(document.webhooks ?? {})];
  return pathItems
    .flatMap((pathItem) => Object.values(pathItem as object) as unknown[])
    .filter(
      (value): value is Operation =>
        typeof value === 'object' && value !== null && 'responses' in value,
    );
}

/** Writes into an operation what the guard does on its route. */
export function describeOperation(
  operation: Operation,
  origin: MarkedOperation,
  context: DocumentContext,
): void {
  const { controller, handler } = origin;
  const access = context.access.of(controller, handler);
  const declared = [...readRequirements(controller), ...readRequirements(handler)];
  if (access.access === 'open') {
    if (declared.length > 0) operation.security = declared;
    else delete operation.security;
    return;
  }
  operation.security = securityOf(access, context.schemes, declared, context.documentSecurity);
  operation.responses = withErrorResponses(operation.responses, access);
  operation.parameters = withGrantHeaders(operation.parameters, access);
  const sentence = `Access: ${summaryOf(access)}.`;
  operation.description = [operation.description, sentence].filter(Boolean).join('\n\n');
  Object.assign(operation, { 'x-propelauth': extensionOf(access) });
}
