import { Controller, Get, Post, SetMetadata, type Type } from '@nestjs/common';
import { CurrentUser, Public, RequireUser, type User } from 'nestjs-propelauth';
import { request, startGuarded } from '../support/guarded-application.js';
import { alice } from '../support/project.js';
import { messageOf } from '../support/start-error.js';

const ROUTE = Symbol('ts-rest-app-route');
const ARGUMENTS = '__routeArguments__';

/** What `@TsRestHandler()` of `@ts-rest/nest` 3.52 does with a contract of two routes, or with one. test/compat has the library itself. */
function TsRestHandler(...routes: ('list' | 'add')[]): MethodDecorator {
  return (target, key, descriptor) => {
    const handlers = target as Record<string, Function>;
    const type = target.constructor;
    const method = descriptor.value as Function;
    const name = String(key);
    if (routes.length === 1) {
      SetMetadata(ROUTE, { appRoute: {}, routeKey: null })(target, key, descriptor);
      return Get('/one')(target, key, descriptor);
    }
    for (const route of routes) {
      const made = `${name}_${route}`;
      handlers[made] = function (this: unknown, ...given: unknown[]) {
        return Reflect.apply(method, this, given) as unknown;
      };
      Reflect.defineMetadata(ARGUMENTS, Reflect.getMetadata(ARGUMENTS, type, key), type, made);
      const own = Object.getOwnPropertyDescriptor(handlers, made) as PropertyDescriptor;
      (route === 'list' ? Get : Post)('/posts')(target, made, own);
      for (const metadata of Reflect.getMetadataKeys(method) as string[]) {
        SetMetadata(metadata, Reflect.getMetadata(metadata, method))(target, made, own);
      }
      SetMetadata(ROUTE, { appRoute: {}, routeKey: route })(target, made, own);
    }
  };
}

function controllerWith(...decorators: MethodDecorator[]): Type {
  @Controller()
  class PostsController {
    handler(@CurrentUser() user: User | null) {
      return { userId: user?.userId };
    }
  }
  for (const decorate of decorators) {
    decorate(
      PostsController.prototype,
      'handler',
      Object.getOwnPropertyDescriptor(PostsController.prototype, 'handler')!,
    );
  }
  return PostsController;
}

const both = TsRestHandler('list', 'add');

const LOST = (decorator: string) =>
  'These handlers cannot be guarded:\n' +
  `- PostsController.handler: @TsRestHandler() makes a handler of each route, to which ${decorator} of the method does not apply. Put the ` +
  'rule on the class, or write a method with its own @TsRestHandler() for each route.';

describe('A method with several routes of ts-rest', () => {
  it.each<[string, string, MethodDecorator[]]>([
    ['@RequireUser()', 'above', [both, RequireUser()]],
    ['@RequireUser()', 'below', [RequireUser(), both]],
    ['@Public()', 'above', [both, Public()]],
    ['@Public()', 'below', [Public(), both]],
  ])(
    'fails startup with one message for %s %s @TsRestHandler(), whatever startupAudit says',
    async (name, _where, decorators) => {
      for (const startupAudit of ['error', 'warn'] as const) {
        const start = startGuarded(
          { controllers: [controllerWith(...decorators)] },
          { startupAudit },
        );
        expect(await messageOf(start)).toBe(LOST(name));
      }
    },
  );

  it('fails startup below a method with a rule, whose marks its handlers would have', async () => {
    @Controller()
    class PostsController {
      @Get()
      @RequireUser()
      first() {}

      @both
      handler() {}
    }
    expect(await messageOf(startGuarded({ controllers: [PostsController] }))).toBe(
      'These handlers cannot be guarded:\n' +
        '- PostsController.handler: @TsRestHandler() makes a handler of each route, and a call would not show which one it is. Move the ' +
        'method above those with access decorators, or to a class of its own.',
    );
  });

  it('is under the rule of its class, and above methods with a rule', async () => {
    @Controller()
    @RequireUser()
    class PostsController {
      @both
      handler(@CurrentUser('userId') userId: string) {
        return { userId };
      }

      @TsRestHandler('list')
      @Public()
      one() {
        return {};
      }
    }
    const { url } = await startGuarded({ controllers: [PostsController] });
    await request(url, alice).get('/posts').expect(200, { userId: alice.userId });
    await request(url, alice).post('/posts').expect(201, { userId: alice.userId });
    await request(url).get('/posts').expect(401);
    await request(url).post('/posts').expect(401);
    await request(url).get('/one').expect(200);
  });
});
