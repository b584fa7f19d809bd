import type { ApplicationHandler } from '../application/application-handler.js';
import type { AuditedMethod } from './audited-route.js';

/** A resolver, gateway or message handler as the audit looks at it. */
export type AuditedHandler = ApplicationHandler & AuditedMethod;

/** What the audit has to know of the application around it. */
export interface AuditContext {
  readonly isGuardGlobal: boolean;
  /** Whether GraphQL calls guards for fields. */
  readonly areFieldsGuarded: boolean;
  /** Whether global guards reach gateways. */
  readonly globalGuardsReachGateways: boolean;
  /** Whether microservices may be connected to the application that global guards do not reach. */
  readonly isHttpApplication: boolean;
  /** Whether the module says where messages carry their token. */
  readonly hasTokenSource: boolean;
}
