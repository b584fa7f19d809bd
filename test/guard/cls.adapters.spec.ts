import {
  Controller,
  Get,
  UseGuards,
  UseInterceptors,
  type CallHandler,
  type CanActivate,
  type DynamicModule,
  type NestInterceptor,
  type Type,
} from '@nestjs/common';
import { ClsModule, ClsServiceManager, type ClsService } from 'nestjs-cls';
import { CurrentUser, PropelAuthModule, RequireUser, User } from 'nestjs-propelauth';
import request from 'supertest';
import { startApplication } from '../support/application.js';
import { issuer } from '../support/guarded-application.js';
import { alice, headersOf } from '../support/project.js';

/** What each reader found in the store. */
let found: Record<string, unknown> = {};

function read(reader: string): void {
  found[reader] = ClsServiceManager.getClsService().get('tenant');
}

class ReadingGuard implements CanActivate {
  canActivate(): boolean {
    read('guard');
    return true;
  }
}

class ReadingInterceptor implements NestInterceptor {
  intercept(_context: unknown, next: CallHandler) {
    read('interceptor');
    return next.handle();
  }
}

/** A controller with one handler, under these decorators. */
function readingController(path: string, ofClass: ClassDecorator, ofMethod: MethodDecorator): Type {
  @UseGuards(ReadingGuard)
  @UseInterceptors(ReadingInterceptor)
  class ReadingController {
    @Get()
    @ofMethod
    async show(@CurrentUser() user: User) {
      read('handler');
      await Promise.resolve();
      read('after waiting');
      return { userId: user.userId };
    }
  }
  ofClass(ReadingController);
  Controller(path)(ReadingController);
  return ReadingController;
}

const none = () => {};
const ClassController = readingController('class', RequireUser(), none);
const MethodController = readingController('method', none, RequireUser());
const UndecoratedController = readingController('undecorated', none, none);

type Mount = 'guard' | 'interceptor' | 'middleware';

function setup(cls: ClsService): void {
  cls.set('tenant', 'acme');
}

function clsModule(mount: Mount): DynamicModule {
  return ClsModule.forRoot({ global: true, [mount]: { mount: true, setup } });
}

const AFTER_GUARDS = { interceptor: 'acme', handler: 'acme', 'after waiting': 'acme' };
const EVERYWHERE = { guard: 'acme', ...AFTER_GUARDS };

const mounts: [Mount, object][] = [
  ['guard', EVERYWHERE],
  ['interceptor', { guard: undefined, ...AFTER_GUARDS }],
  ['middleware', EVERYWHERE],
];

/** Without the one order that cannot work: a guard mount behind a guard that Nest has to wait for. */
const cases = mounts.flatMap(([mount, expected]) =>
  ['before', 'after'].flatMap((order) =>
    [false, true]
      .filter((byDefault) => !(byDefault && mount === 'guard' && order === 'after'))
      .map((requireUserByDefault) => ({ mount, expected, order, requireUserByDefault })),
  ),
);

describe('The store of nestjs-cls', () => {
  it.each(cases)(
    'exists in each request, mounted as $mount and imported $order PropelAuthModule: requireUserByDefault $requireUserByDefault',
    async ({ mount, expected, order, requireUserByDefault }) => {
      const options = { ...issuer.moduleOptions, requireUserByDefault };
      const [cls, propelAuth] = [clsModule(mount), PropelAuthModule.forRoot(options)];
      const undecorated = requireUserByDefault ? [UndecoratedController] : [];
      const { url } = await startApplication({
        imports: order === 'before' ? [cls, propelAuth] : [propelAuth, cls],
        controllers: [ClassController, MethodController, ...undecorated],
      });
      for (const path of ['class', 'method', ...(requireUserByDefault ? ['undecorated'] : [])]) {
        const headers = await headersOf(issuer, { ...alice, username: path });
        // The guard has to wait for the check of a token that is new to it.
        for (const token of ['new', 'known']) {
          found = {};
          await request(url).get(`/${path}`).set(headers).expect(200, { userId: alice.userId });
          expect({ path, token, ...found }).toEqual({ path, token, ...expected });
        }
      }
    },
  );
});
