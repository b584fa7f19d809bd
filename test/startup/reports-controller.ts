import { Controller, Get, Post, type Type } from '@nestjs/common';
import { CurrentCaller, decorateHandler, type Caller } from '../support/routes.js';

/** Which rules stand where. */
export interface WrittenRules {
  parent?: ClassDecorator[];
  class?: ClassDecorator[];
  handler?: MethodDecorator[];
  /** On a second handler, which there is only with them. */
  second?: MethodDecorator[];
  /** In front of a parameter of the handler. */
  parameter?: ParameterDecorator;
}

/** A controller whose rules are written like that: `ReportsController` with the handler `show`, at `/reports/:orgId`. */
export function reportsController(
  written: WrittenRules,
  path = 'reports',
  name = 'ReportsController',
): Type {
  class Base {}
  class ReportsController extends Base {
    @Get(':orgId')
    show(@CurrentCaller() caller: Caller, _parameter?: unknown) {
      return caller;
    }

    second() {}
  }
  for (const decorate of written.parent ?? []) decorate(Base);
  for (const decorate of written.class ?? []) decorate(ReportsController);
  decorateHandler(ReportsController, 'show', ...(written.handler ?? []));
  if (written.second)
    decorateHandler(ReportsController, 'second', Post(':orgId'), ...written.second);
  written.parameter?.(ReportsController.prototype, 'show', 1);
  Controller(path)(ReportsController);
  return Object.defineProperty(ReportsController, 'name', { value: name });
}

/** A controller for each: `Reports0.show` at `/0/:orgId`, `Reports1.show` at `/1/:orgId` and so on. */
export function reportsControllers(all: WrittenRules[]): Type[] {
  return all.map((written, index) => reportsController(written, String(index), `Reports${index}`));
}
