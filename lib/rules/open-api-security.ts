import { isRule, type AccessRule } from './rule.js';
import { DEFAULT_KIND, isOptional, kindsOf, USER } from './callers.js';
import { readMethodRules } from './rule-metadata.js';
import { callersUnder, impliedCallers } from './caller-rules.js';

/**
 * The name of the security scheme of users in OpenAPI documents: the one that `DocumentBuilder.addBearerAuth()` of `@nestjs/swagger` gives
 * by default.
 */
export const BEARER_SCHEME = 'bearer';

// The keys under which @nestjs/swagger keeps @ApiSecurity() and Nest the path of a handler. Written here, so that
// @nestjs/swagger need not be installed.
export const API_SECURITY_METADATA = 'swagger/apiSecurity';
const PATH_METADATA = 'path';

/** The security requirements of an operation: each entry is one way to authenticate, an empty entry means no token. */
export type SecurityRequirement = Record<string, string[]>;

const NO_TOKEN: SecurityRequirement = {};

/** The name of the security scheme of a kind of callers: that of the kind, except for users. */
export function schemeOf(kind: string): string {
  return kind === DEFAULT_KIND ? BEARER_SCHEME : kind;
}

/** The credential of each kind of callers, as one object for each, by which {@link isOwnRequirement} knows it. */
const requirementsByKind = new Map<string, SecurityRequirement>();

function requirementOf(kind: string): SecurityRequirement {
  const known = requirementsByKind.get(kind) ?? { [schemeOf(kind)]: [] };
  requirementsByKind.set(kind, known);
  return known;
}

/**
 * Writes the metadata of `@ApiBearerAuth()` and `@ApiSecurity()`, once for each class or method. For an optional user, it also allows
 * requests without a token.
 *
 * @param subject a class or method
 * @param rules all rules of the subject
 */
export function markForOpenApi(subject: Function, rules: readonly AccessRule[]): void {
  // Denying rules need the credential of the caller rule on the same level, or else the one that they imply.
  const callers = callersUnder(rules) ?? impliedCallers(rules.filter(isRule)) ?? USER;
  if (isOptional(callers)) handlersUnder(subject).forEach(markOptional);
  else writeRequirements(subject, [...kindsOf(callers).keys()].map(requirementOf));
}

/** Whether a requirement is one that the decorators of this package wrote. */
export function isOwnRequirement(requirement: SecurityRequirement): boolean {
  return requirement === NO_TOKEN || [...requirementsByKind.values()].includes(requirement);
}

function markOptional(handler: Function): void {
  addRequirement(handler, NO_TOKEN);
  addRequirement(handler, requirementOf(DEFAULT_KIND));
}

/**
 * The method itself, or the routes of a class that have no access decorator. SwaggerModule would apply "no token" on a class to all of its
 * operations, including those that require a user.
 */
function handlersUnder(subject: Function): Function[] {
  const prototype = subject.prototype as Record<string, unknown> | undefined;
  if (prototype === undefined) return [subject];
  return Object.getOwnPropertyNames(prototype)
    .filter((name) => readMethodRules(subject, name).length === 0)
    .map((name) => Object.getOwnPropertyDescriptor(prototype, name)?.value as unknown)
    .filter((value) => typeof value === 'function')
    .filter((method) => Reflect.hasMetadata(PATH_METADATA, method));
}

function addRequirement(subject: Function, requirement: SecurityRequirement): void {
  const present = ownRequirements(subject);
  if (present.includes(requirement)) return;
  Reflect.defineMetadata(API_SECURITY_METADATA, [...present, requirement], subject);
}

/** Replaces the requirements that an earlier decorator of this package wrote. */
function writeRequirements(subject: Function, requirements: readonly SecurityRequirement[]): void {
  const present = ownRequirements(subject);
  const ofOthers = present.filter((requirement) => !isOwnRequirement(requirement));
  const all = [...ofOthers, ...requirements];
  if (all.length > 0 || present.length > 0)
    Reflect.defineMetadata(API_SECURITY_METADATA, all, subject);
}

function ownRequirements(subject: Function): SecurityRequirement[] {
  return (
    (Reflect.getOwnMetadata(API_SECURITY_METADATA, subject) as SecurityRequirement[] | undefined) ??
    []
  );
}
