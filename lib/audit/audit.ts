/* The classes that {@link auditProviders} loads. */
export { ApplicationHandlers } from './application/application-handlers.js';
export { ApplicationInterceptors } from './application/application-interceptors.js';
export { GlobalGuards } from './application/global-guards.js';
export { NamedValues } from './application/named-values.js';
export { descriptionsIn } from './access-descriptions.js';
export { AccessTableAudit } from './access-table-audit.js';
export { CacheAudit } from './cache-audit.js';
export { DebugModeAudit } from './debug-mode-audit.js';
export { FieldsForEveryone } from './fields-for-everyone.js';
export { HandlerAudit } from './handler-audit.js';
export { MountedPathsAudit } from './mounted-paths-audit.js';
export { SchemaAudit } from './schema-audit.js';
export { StartupAudit } from './startup-audit.js';
export { UncheckedOrgAudit } from './unchecked-org-audit.js';
export { WebhookAudit } from './webhook-audit.js';
