import { ORG_ID } from '../tokens/person.mjs';
import { Controller, Get, Module, NestFactory } from '../under-test/nest.mjs';
import { importPackage } from '../under-test/root.mjs';
import { decorateMethod } from './decorate-method.mjs';

/** The path of the route. Every row has the same, because a parameter takes time. */
const PATH = '/orgs/:orgId/reports';

/** Creates the HTTP adapter of an application. Only the one in use is loaded. */
const ADAPTERS = {
  express: async () => new (await importPackage('@nestjs/platform-express')).ExpressAdapter(),
  fastify: async () => new (await importPackage('@nestjs/platform-fastify')).FastifyAdapter(),
};

/**
 * An application with one HTTP route, which returns a small JSON. Nest has its default options.
 *
 * @param protection what protects the route, each part optional:
 * - `decorators` of its handler
 * - `module`: what they need in a Nest module
 * - `middleware` of Express
 * - `applicationOptions` of Nest
 */
export async function createApplication(
  { adapter = 'express' },
  { decorators = [], module = {}, middleware = [], applicationOptions },
) {
  class ReportsModule {}
  const controller = createController(decorators);
  Module({ ...module, controllers: [controller] })(ReportsModule);
  const app = await NestFactory.create(ReportsModule, await ADAPTERS[adapter](), {
    logger: ['error'],
    ...applicationOptions,
  });
  // Directly on Express: Nest's middleware consumer would wrap each.
  for (const handler of middleware) app.use(handler);
  return { app, controller, request: { method: 'GET', path: PATH.replace(':orgId', ORG_ID) } };
}

function createController(decorators) {
  class ReportsController {
    list() {
      return { reports: [{ id: 1, title: 'Quarterly figures' }] };
    }
  }
  decorateMethod(ReportsController, 'list', [Get(), ...decorators]);
  Controller(PATH)(ReportsController);
  return ReportsController;
}
