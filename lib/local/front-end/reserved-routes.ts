import type { Type } from '@nestjs/common';
import type { ApplicationRoute } from '../../audit/application/application-routes.js';
import { PropelAuthConfigurationError } from '../../options/configuration.error.js';
import { LOGOUT_PATH } from './logout-request.js';

/**
 * Checks that the application has no route of its own at a path of the local PropelAuth: requests would reach only one of the two.
 *
 * @param controllers those of the local PropelAuth
 * @param routesOfMiddleware its routes without a controller, such as `POST /oauth/2.1/token`
 * @throws {PropelAuthConfigurationError} naming the route
 */
export function assertRoutesAreFree(
  routes: readonly ApplicationRoute[],
  controllers: readonly Type[],
  routesOfMiddleware: readonly string[] = [],
): void {
  const own = routes.filter(({ controller }) => !controllers.includes(controller));
  const reserved = new Set([
    `POST ${LOGOUT_PATH}`,
    ...routesOfMiddleware,
    ...routes.filter(({ controller }) => controllers.includes(controller)).flatMap(namesOf),
  ]);
  for (const route of own) {
    const name = namesOf(route).find((each) => reserved.has(each));
    if (name === undefined) continue;
    throw new PropelAuthConfigurationError(
      `${name} (${route.controller.name}.${route.name}) is also a route of PropelAuth, which LocalPropelAuthModule serves. ` +
        'Change the path of your route.',
    );
  }
}

function namesOf({ method, paths }: ApplicationRoute): string[] {
  return paths.map((path) => `${method} ${path}`);
}
