/**
 * The guard, its decorators, and what belongs to them.
 *
 * @module nestjs-propelauth
 */
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
export { RequireApiKey } from './access/decorators/require-api-key.decorator.js';
export { RequireUserOrApiKey } from './access/decorators/require-user-or-api-key.decorator.js';
export type { ApiKeyRuleOptions } from './access/decorators/api-key-rule-options.js';
export {
  RequireStepUpMfa,
  type StepUpRuleOptions,
} from './access/decorators/require-step-up-mfa.decorator.js';
export { DenyImpersonation } from './access/decorators/deny-impersonation.decorator.js';
export { PropelAuthWebhook } from './access/decorators/propel-auth-webhook.decorator.js';
export { WebhookEvent } from './access/decorators/webhook-event.decorator.js';
export type { PropelAuthWebhookEvent } from './webhook/webhook-event.js';
export { CurrentApiKey } from './access/decorators/current-api-key.decorator.js';
export { RequirePermission } from './access/decorators/require-permission.decorator.js';
export type { UserRuleOptions } from './access/decorators/user-rule-options.js';
export type { OrgRuleOptions } from './access/decorators/org-rule-options.js';
export type { AccessDecorator } from './access/decorators/access.decorator.js';
export { CurrentUser } from './access/decorators/current-user.decorator.js';
export { CurrentOrg } from './access/decorators/current-org.decorator.js';
export type { CallerParameterDecorator } from './access/decorators/caller-parameter.js';
export { getCurrentApiKey, getCurrentOrg, getCurrentUser } from './access/current-caller.js';

export type {
  InjectableOrgSource,
  OrgReference,
  OrgSource,
  OrgSourceOption,
} from './options/org-source.interface.js';
export type { TokenSource } from './options/token-source.interface.js';
export { orgFromParam, orgNameFromParam } from './access/org-sources/org-from-param.js';
export { orgFromQuery } from './access/org-sources/org-from-query.js';
export { orgFromHeader } from './access/org-sources/org-from-header.js';
export { orgFromBody } from './access/org-sources/org-from-body.js';
export { orgFromArgs } from './access/org-sources/org-from-args.js';
export { orgFromMessage } from './access/org-sources/org-from-message.js';
export { activeOrg } from './access/org-sources/active-org.js';

export { describeAccess, type RouteDescription } from './access/describe-access.js';
export type { AccessMode } from './access/route-access.js';
export type { ApiKeyKind, StepUpRequirement } from './access/access-rule.js';
export type { AnyOf, OrgRequirement } from './access/org-requirement.js';

export type { Caller } from './access/caller.js';
export { PropelAuthGuard } from './access/propel-auth.guard.js';
export { PropelAuthService } from './access/propel-auth.service.js';
export {
  PropelAuthForbiddenException,
  PropelAuthTooManyRequestsException,
  PropelAuthUnauthorizedException,
  PropelAuthUnavailableException,
  PropelAuthWebhookException,
} from './access/refusal.exceptions.js';
export type {
  CallerRefusalReason,
  CredentialRefusalReason,
  OrgRefusalReason,
  RefusalReason,
  UnavailableReason,
} from './access/refusal-reason.js';
export type { TokenRefusalReason } from './token/token-refusal.js';

export {
  PropelAuthHealthIndicator,
  type PropelAuthHealth,
} from './health/propel-auth.health-indicator.js';

export { PropelAuthApi } from './api/propel-auth-api.js';
export { StepUpMfaGrantType, type ApiKeyValidation } from '@propelauth/node-apis';
export {
  PropelAuthApiArgumentError,
  PropelAuthApiError,
  PropelAuthApiIntegrationKeyError,
  PropelAuthApiNotEnabledError,
  PropelAuthApiRateLimitedError,
  PropelAuthApiRequestError,
  PropelAuthApiResponseError,
  PropelAuthApiTimeoutError,
  PropelAuthApiUnreachableError,
  type PropelAuthApiErrorOptions,
} from './api/propel-auth-api.errors.js';
export { PropelAuthExceptionFilter } from './transport/propel-auth-exception.filter.js';
export * as PropelAuthExceptions from './api/vendor-exceptions.js';

export type {
  OrgMetadata,
  OrgPermission,
  OrgRole,
  UserProperties,
} from './types/declared-types.js';
export { OrgMemberInfo, type OrgMemberInfoConstructor } from './types/org-member-info.js';
export type { PropelAuthTypes } from './types/propel-auth-types.interface.js';
export { User, type UserConstructor } from './types/user.js';
