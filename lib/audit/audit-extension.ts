import type { HandlerAccess } from '../rules/handler-access.js';
import type { AuditedHandler } from './checks/audited-handler.js';
import type { AuditedMethod, AuditedRoute } from './checks/audited-route.js';

/** A port of the startup audit, which a plugin fills that knows more about some handlers. */
export abstract class AuditExtension {
  /** Handlers that are open, or whose rules are lost: they make startup fail in any case. */
  abstract findOpenings(routes: readonly AuditedRoute[]): string[];

  /**
   * Checks what the application serves for the plugin.
   *
   * @throws {PropelAuthConfigurationError} for what cannot be served
   */
  abstract assertIsServed(): void;

  /** Rules of a route or another handler that cannot work. */
  abstract findMistakes(audited: AuditedMethod): string[];

  /** Rules of a handler that receives no HTTP requests and that cannot work. */
  abstract findMistakesOfHandler(audited: AuditedHandler): string[];

  /** The access to a handler, with rules that are not written on it. */
  abstract accessOf(audited: AuditedHandler, access: HandlerAccess): HandlerAccess;

  /** The names of the values in the calls of a handler that its parameters do not show. */
  abstract argumentNamesOf(method: Function): string[];
}
