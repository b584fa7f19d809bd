import { readAccessRules, type AccessRule } from '../access-rule.js';

/**
 * The name of the security scheme in OpenAPI documents: the one that `DocumentBuilder.addBearerAuth()` of `@nestjs/swagger`
 * gives by default.
 */
export const BEARER_SCHEME = 'bearer';

// The keys under which @nestjs/swagger keeps @ApiSecurity() and Nest the path of a handler. Written here, so that
// @nestjs/swagger need not be installed.
export const API_SECURITY_METADATA = 'swagger/apiSecurity';
const PATH_METADATA = 'path';

/** What an operation may ask of its caller: each entry is one way, an empty one is no token at all. */
export type SecurityRequirement = Record<string, string[]>;

const TOKEN: SecurityRequirement = { [BEARER_SCHEME]: [] };
const NO_TOKEN: SecurityRequirement = {};

/** Writes what `@ApiBearerAuth()` would, once for each class or method; for an optional user also that no token will do. */
export function markForOpenApi(subject: Function, rule: AccessRule): void {
  if (rule.kind !== 'user' || rule.mode === 'required') addRequirement(subject, TOKEN);
  else if (rule.mode === 'optional') handlersUnder(subject).forEach(markOptional);
}

/** Whether a requirement is one that the decorators of this package wrote. */
export function isOwnRequirement(requirement: SecurityRequirement): boolean {
  return requirement === TOKEN || requirement === NO_TOKEN;
}

function markOptional(handler: Function): void {
  addRequirement(handler, NO_TOKEN);
  addRequirement(handler, TOKEN);
}

/**
 * The method itself, or the routes of a class that have no word of their own. SwaggerModule would take "no token" on a class
 * for one way into each of its operations, those that require a user included.
 */
function handlersUnder(subject: Function): Function[] {
  const prototype = subject.prototype as Record<string, unknown> | undefined;
  if (prototype === undefined) return [subject];
  return Object.getOwnPropertyNames(prototype)
    .map((name) => Object.getOwnPropertyDescriptor(prototype, name)?.value as unknown)
    .filter((value) => typeof value === 'function')
    .filter((method) => Reflect.hasMetadata(PATH_METADATA, method))
    .filter((method) => readAccessRules(method).length === 0);
}

function addRequirement(subject: Function, requirement: SecurityRequirement): void {
  const present =
    (Reflect.getOwnMetadata(API_SECURITY_METADATA, subject) as SecurityRequirement[] | undefined) ??
    [];
  if (present.includes(requirement)) return;
  Reflect.defineMetadata(API_SECURITY_METADATA, [...present, requirement], subject);
}
