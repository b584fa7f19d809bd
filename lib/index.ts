/**
 * The guard, its decorators, and what belongs to them.
 *
 * @module nestjs-propelauth
 */

// Set-up
export {
  PropelAuthModule,
  type PropelAuthModuleAsyncOptions,
} from './module/propel-auth.module.js';
export { PROPELAUTH_MODULE_OPTIONS } from './module/propel-auth.module-definition.js';
export type {
  PropelAuthModuleOptions,
  PropelAuthOptionsFactory,
} from './options/propel-auth-module-options.interface.js';
export type { AccessTable } from './options/access-table.interface.js';
export type { ApiKeysOptions } from './options/api-keys-options.js';
export type { WebhooksOptions } from './options/webhooks-options.js';
export type { PropelAuthPlugin, PropelAuthPluginFactory } from './plugins/plugin.js';
export type { KeyValueStore } from './options/key-value-store.interface.js';
export type { AccountLoader } from './options/account-loader.interface.js';
export type { TokenSource } from './options/token-source.interface.js';
export { tokenFromCookie, type TokenFromCookieOptions } from './transports/token-from-cookie.js';
export { tokenFromHeader } from './transports/token-from-header.js';
export { PropelAuthConfigurationError } from './options/configuration.error.js';

// Who may call
export { RequireUser } from './callers/user/require-user.decorator.js';
export { OptionalUser } from './callers/user/optional-user.decorator.js';
export { Public } from './rules/public.decorator.js';
export { OverrideRules } from './rules/override-rules.decorator.js';
export type { UncheckedOrgOption } from './rules/unchecked-org-option.js';
export type { RequireUserOptions } from './callers/user/require-user.decorator.js';
export { RequireOrgMember } from './rules/org/require-org-member.decorator.js';
export type { RequireOrgMemberOptions } from './rules/org/org.decorator.js';
export {
  RequireOrgRole,
  type RequireOrgRoleOptions,
} from './rules/org/require-org-role.decorator.js';
export { RequirePermission } from './rules/org/require-permission.decorator.js';
export { RequireApiKey } from './callers/api-key/require-api-key.decorator.js';
export { RequireCaller } from './callers/require-caller.decorator.js';
export { OptionalCaller } from './callers/optional-caller.decorator.js';
export {
  RequireMetadata,
  type RequireMetadataOptions,
} from './rules/metadata/require-metadata.decorator.js';
export { RequireScope, type RequireScopeOptions } from './rules/scope/require-scope.decorator.js';
export { RequireUserOrApiKey } from './callers/api-key/require-user-or-api-key.decorator.js';
export type { RequireApiKeyOptions } from './callers/api-key/require-api-key.decorator.js';
export {
  RequireStepUpMfa,
  type RequireStepUpMfaOptions,
} from './rules/step-up/require-step-up-mfa.decorator.js';
export { DenyImpersonation } from './rules/impersonation/deny-impersonation.decorator.js';
export type { AccessDecorator } from './rules/access.decorator.js';
export { PropelAuthGuard } from './guard/propel-auth.guard.js';

// Where the organization is named
export {
  fromCookie,
  fromHeader,
  fromInput,
  fromParam,
  fromParent,
  fromQuery,
  type ValueSource,
} from './options/value-source.js';
export { RequireAnyOf } from './rules/any-of/require-any-of.decorator.js';
export { guardRule } from './rules/application/guard-rule.decorator.js';
export { accessRule } from './rules/application/access-rule.decorator.js';
export type {
  AccessCall,
  AccessNeed,
  AccessRule,
  AccessVerdict,
  DenialStatus,
} from './options/access-rule.interface.js';
export type { Denial } from './rejections/rejection.js';
export {
  CurrentResource,
  type CurrentResourceOptions,
} from './rules/application/current-resource.decorator.js';
export { orgOf } from './options/org-of.js';
export type { ResourceCall, ResourceLoader } from './options/resource-loader.interface.js';
export {
  resource,
  type AuthorizedSubject,
  type GivenResource,
} from './options/authorized-subject.interface.js';
export type {
  IdentifiableRequest,
  IdentifyOptions,
} from './options/identifiable-request.interface.js';
export type { IncomingCall } from './options/incoming-call.interface.js';
export { orgFromParam, orgNameFromParam } from './rules/org/sources/org-from-param.js';
export { orgFromQuery } from './rules/org/sources/org-from-query.js';
export { orgNameFromHost } from './rules/org/sources/org-from-host.js';
export { orgFromHeader } from './rules/org/sources/org-from-header.js';
export { orgFromBody } from './rules/org/sources/org-from-body.js';
export { orgFromArgs } from './rules/org/sources/org-from-args.js';
export { orgFromMessage } from './rules/org/sources/org-from-message.js';
export { activeOrg } from './rules/org/sources/active-org.js';
export type {
  InjectableOrgSource,
  OrgReference,
  OrgSource,
  OrgSourceOption,
  OrgSourceReads,
} from './options/org-source.interface.js';

// The caller
export type {
  CallerKind,
  CallerMembership,
  CredentialPlace,
  TokenClaims,
  TokenPlace,
} from './options/caller-kind.interface.js';
export { jwtKind, type JwtKindOptions } from './callers/own/jwt-kind.js';
export type { JwtAlgorithm } from './callers/own/jwt-verification-key.js';
export { projectUsers, type ProjectUsersOptions } from './callers/own/project-users.js';
export { CurrentUser } from './callers/user/current-user.decorator.js';
export { CurrentCaller } from './callers/current-caller.decorator.js';
export { CurrentOrg } from './rules/org/current-org.decorator.js';
export {
  CurrentAccount,
  type CurrentAccountOptions,
} from './rules/account/current-account.decorator.js';
export { CurrentApiKey, getCurrentApiKey } from './callers/api-key/current-api-key.decorator.js';
export {
  getCurrentAccount,
  getCurrentCaller,
  getCurrentOrg,
  getCurrentUser,
} from './decision/caller-of-context.js';
export { PropelAuthService } from './service/propel-auth.service.js';
export type { Caller, CallerKindName, DescribedCaller } from './types/caller.js';
export type { McpToken } from './types/mcp-token.interface.js';

// Events
export { OnPropelAuthEvent } from './propelauth/webhooks/on-propel-auth-event.decorator.js';
export { PropelAuthWebhooks } from './propelauth/webhooks/propel-auth-webhooks.js';
export type {
  WebhookRequest,
  WebhookResponse,
} from './propelauth/webhooks/webhook-request.interface.js';
export type {
  PropelAuthEvent,
  PropelAuthEventType,
} from './propelauth/webhooks/propel-auth-event.js';

// Rejections
export {
  PropelAuthDenialException,
  PropelAuthForbiddenException,
  PropelAuthTooManyRequestsException,
  PropelAuthUnauthorizedException,
  PropelAuthUnavailableException,
  type RejectionBodyOptions,
} from './rejections/rejection.exceptions.js';
export type { ErrorCode } from './rejections/error-code.js';
export type { RejectionReason } from './rejections/rejection-table.js';

// Overview and operation
export { describeAccess } from './startup/access-descriptions.js';
export type { HandlerDescription } from './startup/handler-description.interface.js';
export type { AccessMode } from './rules/handler-access.js';
export type { OrgRequirement } from './rules/org/org-requirement.js';
export type {
  AccessDecisionEvent,
  AccessedRoute,
  CallTrace,
} from './options/access-decision-event.interface.js';
export {
  PropelAuthHealthIndicator,
  type PropelAuthHealth,
} from './service/propel-auth.health-indicator.js';

// PropelAuth's backend API
export { PropelAuthApi } from './propelauth/api/propel-auth-api.js';
export { PropelAuthApiError } from './propelauth/api/propel-auth-api.error.js';
export type { PropelAuthApiErrorCode } from './types/propel-auth-api-error-code.js';
export { PropelAuthApiErrorFilter } from './propelauth/api/propel-auth-api-error.filter.js';
export * as PropelAuthExceptions from './propelauth/api/vendor-exceptions.js';
export { StepUpMfaGrantType, type ApiKeyValidation } from '@propelauth/node-apis';

// Types
export type { ApiKey, ApiKeyKind } from './types/api-key.js';
export { User } from './types/user.js';
export { OrgMemberInfo } from './types/org-member-info.js';
export type {
  Account,
  OrgMetadata,
  OrgPermission,
  OrgRole,
  UserProperties,
} from './types/declared-types.js';
export type { PropelAuthTypes } from './types/propel-auth-types.interface.js';
