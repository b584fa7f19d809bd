import { Controller, Get, Scope, type Type } from '@nestjs/common';
import { RouterExecutionContext } from '@nestjs/core/router/router-execution-context.js';
import {
  CurrentUser,
  orgFromQuery,
  RequireOrgRole,
  RequireUser,
  type User,
} from 'nestjs-propelauth';
import { request, startGuarded } from '../support/guarded-application.js';
import { ACME_ID, bob, carol } from '../support/project.js';

/*
 * The wrappers do what those of @opentelemetry/instrumentation-nestjs-core 0.71 and @sentry/nestjs 10.75 do. The application
 * `nest-11-jest` of test/compat/ has the instrumentation of OpenTelemetry itself.
 */

type Method = (this: unknown, ...args: unknown[]) => unknown;

/** The names of the calls that a wrapper has seen. */
const traced: string[] = [];

function wrap(method: Method): Method {
  const wrapper: Method = function (...args) {
    traced.push(method.name);
    return method.apply(this, args);
  };
  Object.defineProperty(wrapper, 'name', { value: method.name });
  for (const key of Reflect.getMetadataKeys(method) as string[]) {
    Reflect.defineMetadata(key, Reflect.getMetadata(key, method), wrapper);
  }
  return wrapper;
}

/** As `@SentryTraced()`: it changes the descriptor. */
const Traced: MethodDecorator = (_target, _name, descriptor) => {
  descriptor.value = wrap(descriptor.value as Method) as typeof descriptor.value;
  return descriptor;
};

/** As both packages do for each route, and for each request to a request-scoped controller. */
function instrumentRoutes(): void {
  const { prototype } = RouterExecutionContext;
  const create = Reflect.get<RouterExecutionContext, 'create'>(prototype, 'create');
  jest.spyOn(prototype, 'create').mockImplementation(function (
    this: RouterExecutionContext,
    ...[instance, callback, ...others]
  ) {
    return create.call(this, instance, wrap(callback as Method), ...others);
  });
}

const ForAdmins = () => RequireOrgRole('Admin', { org: orgFromQuery() });

const undecorated: MethodDecorator = () => {};

/** A controller with decorators above and below the access decorators of its methods. */
function controllerWith(scope: Scope, above: MethodDecorator, below: MethodDecorator): Type {
  @Controller({ scope })
  @RequireUser()
  class Reports {
    @Get('list')
    @above
    @ForAdmins()
    @below
    list(@CurrentUser('userId') userId: User['userId']) {
      return { userId };
    }

    @Get('own')
    @above
    @below
    own(@CurrentUser('userId') userId: User['userId']) {
      return { userId };
    }
  }
  return Reports;
}

describe.each([
  ['singleton', Scope.DEFAULT],
  ['request-scoped', Scope.REQUEST],
])('In a %s controller,', (_kind, scope) => {
  afterEach(() => jest.restoreAllMocks());

  it.each<[string, MethodDecorator, MethodDecorator, boolean]>([
    ['Nest calls a wrapper', undecorated, undecorated, true],
    ['a decorator above wraps', Traced, undecorated, false],
    ['a decorator below wraps', undecorated, Traced, false],
    ['all of them wrap', Traced, Traced, true],
  ])('a handler that %s keeps its rules and its caller', async (_what, above, below, isCalled) => {
    if (isCalled) instrumentRoutes();
    const { url } = await startGuarded({ controllers: [controllerWith(scope, above, below)] });
    traced.length = 0;
    for (const [path, user, expected] of [
      ['/list', null, [401, undefined]],
      ['/list', carol, [403, undefined]],
      ['/list', bob, [200, bob.userId]],
      ['/own', null, [401, undefined]],
      ['/own', carol, [200, carol.userId]],
    ] as const) {
      const { status, body } = await request(url, user).get(path).query({ orgId: ACME_ID });
      expect([status, (body as { userId?: string }).userId]).toEqual(expected);
    }
    expect(new Set(traced)).toEqual(new Set(['list', 'own']));
  });
});
