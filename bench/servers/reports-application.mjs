import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

/** The path of the one route. */
export const ROUTE = '/reports';

/** Makes the HTTP adapter of an application. Each is only loaded where it is used. */
const ADAPTERS = {
  express: async () => new (await import('@nestjs/platform-express')).ExpressAdapter(),
  fastify: async () => new (await import('@nestjs/platform-fastify')).FastifyAdapter(),
};

/**
 * The application that every row of the table is made of: Nest with default options, one route, a small JSON.
 *
 * @param adapter `express` or `fastify`
 * @param protection what protects the route, each part optional:
 * - `decorators` of its handler
 * - `module`: what they need of a Nest module
 * - `middleware` of Express
 * - `prepare(app)`, called before the application is initialized
 */
export async function createReportsApplication(
  adapter,
  { decorators = [], module = {}, middleware = [], prepare },
) {
  class ReportsModule {}
  Module({ ...module, controllers: [createReportsController(decorators)] })(ReportsModule);
  const app = await NestFactory.create(ReportsModule, await ADAPTERS[adapter](), {
    logger: ['error', 'warn'],
  });
  // Straight on Express: Nest's own middleware consumer would put a wrapper around each.
  for (const handler of middleware) app.use(handler);
  prepare?.(app);
  return app;
}

function createReportsController(decorators) {
  class ReportsController {
    list() {
      return { reports: [{ id: 1, title: 'Quarterly figures' }] };
    }
  }
  const { prototype } = ReportsController;
  const descriptor = Object.getOwnPropertyDescriptor(prototype, 'list');
  for (const decorate of [...decorators, Get()]) decorate(prototype, 'list', descriptor);
  Controller(ROUTE)(ReportsController);
  return ReportsController;
}
