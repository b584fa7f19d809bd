import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

/** The path of the one route. */
export const ROUTE = '/reports';

/**
 * The application that every row of the table is made of: Nest on Express as it comes, one route, a small JSON.
 *
 * @param decorators what protects the route, as decorators of its handler
 * @param module what that needs of a Nest module
 * @param middleware what protects the route instead, as Express middleware
 */
export async function createReportsApplication({
  decorators = [],
  module = {},
  middleware = [],
} = {}) {
  class ReportsModule {}
  Module({ ...module, controllers: [createReportsController(decorators)] })(ReportsModule);
  const app = await NestFactory.create(ReportsModule, { logger: ['error', 'warn'] });
  // Straight on Express: Nest's own middleware consumer would put a wrapper around each.
  for (const handler of middleware) app.use(handler);
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
