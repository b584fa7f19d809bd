import type { AccessRule } from '../access-rule.js';

/**
 * The name of the security scheme in OpenAPI documents: the one that `DocumentBuilder.addBearerAuth()` of `@nestjs/swagger`
 * gives by default.
 */
const BEARER_SCHEME = 'bearer';

// The key under which @nestjs/swagger keeps @ApiSecurity(). Written here, so that it need not be installed.
const API_SECURITY_METADATA = 'swagger/apiSecurity';

type SecurityRequirement = Record<string, string[]>;

/** Writes what `@ApiBearerAuth()` would, once for each class or method; for an optional user also that no token will do. */
export function markForOpenApi(subject: Function, rule: AccessRule): void {
  if (rule.kind === 'user' && rule.mode === 'public') return;
  if (rule.kind === 'user' && rule.mode === 'optional') addRequirement(subject, {});
  addRequirement(subject, { [BEARER_SCHEME]: [] });
}

function addRequirement(subject: Function, requirement: SecurityRequirement): void {
  const present =
    (Reflect.getOwnMetadata(API_SECURITY_METADATA, subject) as SecurityRequirement[] | undefined) ??
    [];
  const isPresent = present.some(
    (other) => Object.keys(other).join() === Object.keys(requirement).join(),
  );
  if (!isPresent) Reflect.defineMetadata(API_SECURITY_METADATA, [...present, requirement], subject);
}
