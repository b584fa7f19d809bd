import type { OpenAPIObject } from '@nestjs/swagger';
import type { SecurityRequirement } from '../rules/open-api-security.js';
import type { CallerKinds } from '../callers/caller-kinds.js';
import { hasTokens } from '../callers/credential-places.js';
import type { Hooks } from '../plugins/hooks.js';
import type { HandlerDescription } from '../startup/handler-description.interface.js';
import { accessUnder } from '../startup/application/application-handlers.js';
import { isUndecided, type AccessMode } from '../rules/handler-access.js';
import type { Policies } from '../rules/policies.js';
import { accessAsData, summaryOf } from '../rules/access-summary.js';
import { readRequirements, type MarkedOperation } from './operation-markers.js';
import { withErrorResponses } from './operation-responses.js';
import { withRuleProperties } from './operation-body.js';
import { withRuleParameters } from './operation-parameters.js';
import type { RejectionBodyOptions } from '../rejections/rejection.exceptions.js';
import type { Operation, Schemas } from './openapi-types.js';
import { securityOf } from './operation-security.js';
import type { TokenCookies } from './token-cookies.js';

/**
 * The access rules of a route in machine-readable form, as in `describeAccess()`: the extension `x-propelauth` of its operation in an OpenAPI
 * document.
 *
 * @publicApi
 */
export interface AccessExtension extends Pick<HandlerDescription, 'callers' | 'rules'> {
  /** Whom the route asks for a credential. */
  readonly access: Exclude<AccessMode, 'open' | 'exempt'>;
}

/** The properties that all operations of a document share. */
export interface DocumentContext {
  readonly policies: Policies;
  readonly isGuardGlobal: boolean;
  /** The schemes that carry an access token. */
  readonly schemes: readonly string[];
  readonly kinds: CallerKinds;
  readonly documentSecurity: readonly SecurityRequirement[];
  readonly cookies: TokenCookies;
  /** The component schemas of the document. */
  readonly schemas: Schemas;
  /** What the bodies of errors say. */
  readonly bodies: RejectionBodyOptions;
  /** What plugins add, such as challenges. */
  readonly hooks: Hooks;
}

/** An operation with its method and path. */
interface CallableOperation {
  readonly operation: Operation;
  /** The HTTP method, in lower case. */
  readonly method: string;
  /** The path, such as `/orgs/{orgId}`; `undefined` for a webhook. */
  readonly path: string | undefined;
}

/** The operations of all paths and webhooks. */
export function operationsOf({ paths, webhooks = {} }: OpenAPIObject): CallableOperation[] {
  return [
    ...Object.entries(paths).flatMap(([path, item]) => operationsIn(item, path)),
    ...Object.values(webhooks).flatMap((item) => operationsIn(item, undefined)),
  ];
}

function operationsIn(pathItem: object, path: string | undefined): CallableOperation[] {
  return Object.entries(pathItem)
    .filter((entry): entry is [string, Operation] => isOperation(entry[1]))
    .map(([method, operation]) => ({ operation, method, path }));
}

function isOperation(value: unknown): value is Operation {
  return typeof value === 'object' && value !== null && 'responses' in value;
}

/** Describes in an operation what the guard does on the route. */
export function describeOperation(
  { operation, method, path }: CallableOperation,
  origin: MarkedOperation,
  context: DocumentContext,
): void {
  const { controller, handler } = origin;
  const policy = context.policies.ofHandler(controller, handler);
  const access = accessUnder(policy, context.isGuardGlobal, context.policies.kinds);
  const declared = [...readRequirements(controller), ...readRequirements(handler)];
  if (isUndecided(access.access)) {
    if (declared.length > 0) operation.security = declared;
    else delete operation.security;
    return;
  }
  const cookie = context.cookies.of(origin);
  const schemes =
    cookie === undefined
      ? context.schemes
      : [cookie.scheme, ...(cookie.orHeader ? context.schemes : [])];
  const { documentSecurity } = context;
  const kinds = [...access.kinds.keys()].flatMap((name) => context.kinds.named(name) ?? []);
  operation.security = securityOf(access.access, { schemes, kinds }, declared, documentSecurity);
  const isUnderCookie = cookie !== undefined && kinds.some(hasTokens);
  const route = { access, policy, isUnderCookie };
  operation.responses = withErrorResponses(operation.responses, route, context);
  operation.parameters = withRuleParameters(operation.parameters, access, path);
  const requestBody = withRuleProperties(operation.requestBody, access, {
    method,
    consumes: contentTypesOf(origin),
    schemas: context.schemas,
  });
  if (requestBody !== undefined) operation.requestBody = requestBody;
  const sentence = `Access: ${summaryOf(access)}.`;
  operation.description = [operation.description, sentence].filter(Boolean).join('\n\n');
  Object.assign(operation, { 'x-propelauth': accessAsData(access) });
}

/** The content types of `@ApiConsumes()`. */
function contentTypesOf({ controller, handler }: MarkedOperation): string[] {
  return [controller, handler].flatMap(
    (target) => (Reflect.getMetadata(API_CONSUMES_METADATA, target) as string[] | undefined) ?? [],
  );
}

// The metadata key of `@ApiConsumes()` in @nestjs/swagger.
const API_CONSUMES_METADATA = 'swagger/apiConsumes';
