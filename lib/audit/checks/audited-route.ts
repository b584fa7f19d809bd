import type { HandlerMethod } from '../application/application-handler.js';
import type { ApplicationRoute } from '../application/application-routes.js';
import type { Policy } from '../../rules/policy.js';
import type { HandlerLevels } from '../../rules/rule.js';
import type { HandlerAccess } from '../../rules/handler-access.js';

/** A method that handles calls of any transport, as the audit looks at it. */
export interface AuditedMethod extends HandlerMethod {
  /** The policy of the handler, whether or not a guard checks it. */
  readonly policy: Policy;
  /** The rules of the policy, by the places where they are written. */
  readonly levels: HandlerLevels;
  /** Who may call the handler, as the guard decides it. */
  readonly access: HandlerAccess['access'];
}

/** A route as the audit looks at it. */
export type AuditedRoute = ApplicationRoute & AuditedMethod;
