import type { ApplicationHandler } from './application/application-handlers.js';

/** A port of the startup audit. A plugin that knows more about some handlers fills it. */
export abstract class AuditExtension {
  /** Finds handlers that are open, or whose rules are lost. Each makes startup fail, whatever `startupAudit` says. */
  abstract findOpenings(
    routes: readonly ApplicationHandler[],
    handlers: readonly ApplicationHandler[],
  ): string[];

  /**
   * Checks what the application serves for the plugin.
   *
   * @throws {PropelAuthConfigurationError} for what cannot be served
   */
  abstract assertIsServed(routes: readonly ApplicationHandler[]): void;

  /** Finds rules of a route or another handler that cannot work. */
  abstract findMistakes(audited: ApplicationHandler): string[];

  /** The names of values in the calls of a handler, where its parameters do not show them. */
  abstract argumentNamesOf(method: Function): string[];
}
