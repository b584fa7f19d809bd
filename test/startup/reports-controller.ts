import { Controller, Get, type Type } from '@nestjs/common';
import { CurrentCaller, decorateHandler, type Caller } from '../support/routes.js';

/** Which rules stand where. */
export interface WrittenRules {
  parent?: ClassDecorator[];
  class?: ClassDecorator[];
  handler?: MethodDecorator[];
  /** In front of a parameter of the handler. */
  parameter?: ParameterDecorator;
}

/** A controller whose rules are written like that: `ReportsController` with the handler `show`, at `/reports/:orgId`. */
export function reportsController(written: WrittenRules): Type {
  class Base {}
  class ReportsController extends Base {
    @Get(':orgId')
    show(@CurrentCaller() caller: Caller, _parameter?: unknown) {
      return caller;
    }
  }
  for (const decorate of written.parent ?? []) decorate(Base);
  for (const decorate of written.class ?? []) decorate(ReportsController);
  decorateHandler(ReportsController, 'show', ...(written.handler ?? []));
  written.parameter?.(ReportsController.prototype, 'show', 1);
  Controller('reports')(ReportsController);
  return ReportsController;
}
