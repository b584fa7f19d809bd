import {
  Controller,
  createParamDecorator,
  Get,
  type ExecutionContext,
  type Type,
} from '@nestjs/common';
import { getCurrentOrg, getCurrentUser } from 'nestjs-propelauth';

/** What a route of the tests answers: the caller as the package sees them. */
export interface Caller {
  readonly userId: string | null;
  readonly orgId: string | null;
}

/** Unlike `@CurrentUser()` and `@CurrentOrg()` also allowed on routes where there never is one. */
export const CurrentCaller = createParamDecorator(
  (_data: unknown, context: ExecutionContext): Caller => ({
    userId: getCurrentUser(context)?.userId ?? null,
    orgId: getCurrentOrg(context)?.orgId ?? null,
  }),
);

/** A controller with one GET route, whose handler stands under these decorators. */
export function routeUnder(path: string, ...decorators: MethodDecorator[]): Type {
  class OneRouteController {
    @Get(path)
    show(@CurrentCaller() caller: Caller) {
      return caller;
    }
  }
  decorateHandler(OneRouteController, 'show', ...decorators);
  Controller()(OneRouteController);
  return OneRouteController;
}

/** Puts decorators on a handler, for tables of decorators. */
export function decorateHandler(
  controller: Type,
  name: string,
  ...decorators: MethodDecorator[]
): void {
  const prototype = controller.prototype as object;
  const handler = Object.getOwnPropertyDescriptor(prototype, name) as PropertyDescriptor;
  for (const decorate of decorators) decorate(prototype, name, handler);
}

interface ClassOptions {
  readonly parent?: Type;
  /** What a method does, given its name. Default: nothing. */
  readonly run?: (method: string) => unknown;
}

/** A class with these methods under their decorators. */
export function classOf(
  name: string,
  ofClass: ClassDecorator[],
  methods: Record<string, MethodDecorator[]>,
  { parent = Object, run = () => undefined }: ClassOptions = {},
): Type {
  const type = { [name]: class extends parent {} }[name] as Type;
  for (const [method, decorators] of Object.entries(methods)) {
    const value = { [method]: () => run(method) }[method];
    Object.defineProperty(type.prototype, method, { value, configurable: true });
    decorateHandler(type, method, ...decorators);
  }
  for (const decorate of ofClass) decorate(type);
  return type;
}
