import type { AbstractHttpAdapter } from '@nestjs/core';
import { isSamePath } from '../../transports/http/same-path.js';
import { canServe, type ServedPath } from '../../transports/http/serve-path.js';
import { handlerInWords } from '../application/handler-names.js';
import type { ApplicationHandler } from '../application/application-handlers.js';

/** A path that the package serves, and what asks for it. */
interface AuditedPath extends Pick<ServedPath, 'path' | 'methods'> {
  readonly name: string;
  readonly askedBy: 'option' | 'plugin';
  readonly isServed: boolean;
  /** What to do with another HTTP adapter than those of Express and Fastify. */
  readonly otherAdapterAdvice: string;
}

/**
 * Finds the reasons why a path cannot be served.
 *
 * @param adapter an application without HTTP has none
 */
export function findInServedPath(
  served: AuditedPath,
  adapter: AbstractHttpAdapter | null | undefined,
  handlers: readonly ApplicationHandler[],
): string[] {
  const { name, askedBy, isServed, otherAdapterAdvice } = served;
  if (!adapter) return [];
  if (!canServe(adapter)) {
    return [`${name} needs the HTTP adapter of Express or Fastify. ${otherAdapterAdvice}`];
  }
  return [
    ...(isServed ? [] : [describeLateAdapter(name)]),
    ...handlers
      .filter((route) => takesRequestsAt(served, route, adapter))
      .map(
        (route) =>
          `${handlerInWords(route)}: the package serves the same path for the ${askedBy} ${name}. Change or remove the route or the ${askedBy}.`,
      ),
  ];
}

function takesRequestsAt(
  { path, methods }: AuditedPath,
  route: ApplicationHandler,
  adapter: AbstractHttpAdapter,
): boolean {
  return (
    (methods === 'ALL' || route.method === methods || route.method === 'ALL') &&
    route.paths.some((other) => isSamePath(adapter, path, other))
  );
}

function describeLateAdapter(name: string): string {
  return (
    `${name} cannot be served in an application of Test.createTestingModule() with this version of @nestjs/core. Install 11.1.4 or ` +
    'later, or create the application with NestFactory.create().'
  );
}
