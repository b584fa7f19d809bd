/**
 * What plugins need of the core besides `index.ts`. They import nothing else of it. Not exported by the package yet.
 */
export { CallerKinds } from './callers/caller-kinds.js';
export type { CoreKind, CoreCredentialPlace } from './callers/core-kind.js';
export { OPAQUE_BEARER } from './callers/credential-places.js';
export { VerificationKeys } from './callers/user/verification-keys.js';
export { callerFor } from './decision/caller-of-context.js';
export type { Decision } from './decision/decision.js';
export { createAccessDecorator } from './rules/access.decorator.js';
export { createCallerParameter } from './callers/caller-parameter.decorator.js';
export { checkDecoratorOptions } from './rules/decorator-options.js';
export { checkScopeRequirements } from './rules/scope/scope-argument.js';
export { uncheckedOrgRule } from './rules/unchecked-org-option.js';
export type {
  AccessChanges,
  AccessChangesFollower,
  AccessChangesListener,
} from './options/access-changes.interface.js';
export type {
  AccessDecisionEvent,
  DecisionOutcome,
} from './options/access-decision-event.interface.js';
export { assertNoneMissing } from './options/missing-settings.js';
export { checkBoolean, checkInteger, checkOptions } from './options/option-checks.js';
export { parseOrigins, parseSecureUrl } from './options/origin.js';
export { isPlainPath } from './options/plain-path.js';
export { ResolvedOptions } from './options/resolved-options.js';
export { combineHooks } from './plugins/combined-hooks.js';
export * from './plugins/current-access.js';
export * from './plugins/hooks.js';
export { createPlugin } from './plugins/plugin.js';
export { addressGroupOf } from './propelauth/backend/address-group.js';
export { outcomeOf } from './propelauth/backend/backend-failure.js';
export { BackendOutages } from './propelauth/backend/backend-outages.js';
export {
  askBackend,
  type BackendAccount,
  type BackendAnswer,
} from './propelauth/backend/backend-request.js';
export { withinDeadline } from './propelauth/backend/deadline.js';
export { inParentheses } from './propelauth/backend/in-parentheses.js';
export { isPlausibleSecret } from './propelauth/backend/plausible-secret.js';
export type { UserState } from './propelauth/backend/user-state.js';
export { CredentialLookUps } from './propelauth/credential-look-ups/credential-look-ups.js';
export { hasFailed, type Answer, type Counts } from './propelauth/users/answer.js';
export { userIn } from './propelauth/users/narrowed-user.js';
export { PresentUsers } from './propelauth/users/present-users.js';
export {
  UNREPORTED_SECONDS,
  USER_QUESTIONS,
  UserQuestions,
} from './propelauth/users/user-questions.js';
export { REJECTIONS } from './rejections/rejection-table.js';
export { Rejection, unavailable } from './rejections/rejection.js';
export { exceptionForUnguarded } from './rejections/unguarded-calls.js';
export { acceptsOnly, isContradiction, isEveryone, kindsOf, MCP_CLIENT } from './rules/callers.js';
export { flatten } from './rules/handler-levels.js';
export * from './transports/mcp/mcp-nest.js';
export type { Policies } from './rules/policies.js';
export { combinedOf, type Policy, withCheck } from './rules/policy.js';
export type { Memberships } from './rules/rule-call.js';
export { type HandlerLevels, isCallerRule, isRule, type RuledHandler } from './rules/rule.js';
export { ScopeHierarchy } from './rules/scope/scope-hierarchy.js';
export * from './rules/scope/scope-requirement.js';
export { scopeRule } from './rules/scope/scope-rule.js';
export type { ApplicationHandler } from './startup/application/application-handlers.js';
export type { AuditedApplication } from './startup/application/audited-application.js';
export { handlerNamesOf } from './startup/application/handler-names.js';
export { findIn } from './startup/checks/named-findings.js';
export { findInServedPath } from './startup/checks/served-paths.js';
export type { Call } from './transports/call.js';
export { hasThreeParts, readBearerText } from './transports/credential-headers.js';
export { nodeRequestOf } from './transports/http/node-request.js';
export { servePath, type PathResponse } from './transports/http/serve-path.js';
export { isLetIn, noteEndpointRequest } from './transports/mcp/endpoint-requests.js';
export { mcpContextOf, rawRequestOf } from './transports/mcp/mcp-context.js';
export type { CallerAccess } from './transports/open-streams.js';
export type { RequestHeaders } from './transports/request-headers.js';
export { asDeclared } from './types/as-declared.js';
export { methodNamesOf, methodOf } from './values/class-methods.js';
export { systemClock, type Clock } from './values/clock.js';
export { deepFreeze } from './values/deep-freeze.js';
export { assertDefinedArguments } from './values/defined-arguments.js';
export { DerivedSecret } from './values/derived-secret.js';
export { isObject } from './values/is-object.js';
export { isScope } from './values/is-scope.js';
export { isJsonObject, type JsonObject } from './values/json-object.js';
export { lazily } from './values/lazily.js';
export { LimitedLog } from './values/limited-log.js';
export { loggable, loggableError } from './values/loggable.js';
export { Outage, type Failure } from './values/outage.js';
export { classOf, isClass } from './values/provided-class.js';
export { RateLimiter } from './values/rate-limiter.js';
