export { PropelAuthModule, type PropelAuthModuleAsyncOptions } from './propel-auth.module.js';
export {
  PROPELAUTH_MODULE_OPTIONS,
  type PropelAuthModuleExtras,
} from './propel-auth.module-definition.js';
export type {
  ManualTokenVerificationMetadata,
  PropelAuthModuleOptions,
  PropelAuthOptionsFactory,
} from './options/propel-auth-module-options.interface.js';
export type { ApiKeysOptions, ApiKeyStore } from './options/api-keys-options.interface.js';
export type {
  AccessDecisionEvent,
  AccessedRoute,
} from './options/access-decision-event.interface.js';
export { PropelAuthConfigurationError } from './options/configuration.error.js';

export { RequireUser } from './access/decorators/require-user.decorator.js';
export { OptionalUser } from './access/decorators/optional-user.decorator.js';
export { Public } from './access/decorators/public.decorator.js';
export { RequireOrgMember } from './access/decorators/require-org-member.decorator.js';
export {
  RequireOrgRole,
  type OrgRoleRuleOptions,
} from './access/decorators/require-org-role.decorator.js';
export { RequirePermission } from './access/decorators/require-permission.decorator.js';
export type { OrgRuleOptions } from './access/decorators/org-rule-options.js';
export type { AccessDecorator } from './access/decorators/access.decorator.js';
export { CurrentUser } from './access/decorators/current-user.decorator.js';
export { CurrentOrg } from './access/decorators/current-org.decorator.js';
export type { CallerParameterDecorator } from './access/decorators/caller-parameter.js';
export { getCurrentOrg, getCurrentUser } from './access/current-caller.js';

export type { OrgReference, OrgSource } from './options/org-source.interface.js';
export { orgFromParam, orgNameFromParam } from './access/org-sources/org-from-param.js';
export { orgFromQuery } from './access/org-sources/org-from-query.js';
export { orgFromHeader } from './access/org-sources/org-from-header.js';
export { orgFromBody } from './access/org-sources/org-from-body.js';
export { activeOrg } from './access/org-sources/active-org.js';

export { describeAccess, type RouteDescription } from './access/describe-access.js';
export type { OrgRequirement } from './access/org-requirement.js';

export { PropelAuthGuard } from './access/propel-auth.guard.js';
export { PropelAuthService } from './access/propel-auth.service.js';
export {
  PropelAuthForbiddenException,
  PropelAuthUnauthorizedException,
  PropelAuthUnavailableException,
} from './access/refusal.exceptions.js';
export type { RefusalReason } from './access/refusal-reason.js';

export {
  PropelAuthHealthIndicator,
  type PropelAuthHealth,
} from './health/propel-auth.health-indicator.js';

export { PropelAuthApi } from './api/propel-auth-api.js';
export { OrgMemberInfo, UserClass as User } from '@propelauth/node-apis';
