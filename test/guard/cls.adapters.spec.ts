import {
  Controller,
  Get,
  Injectable,
  UseGuards,
  UseInterceptors,
  type CallHandler,
  type CanActivate,
  type DynamicModule,
  type NestInterceptor,
} from '@nestjs/common';
import { ClsModule, ClsServiceManager, type ClsService } from 'nestjs-cls';
import { CurrentUser, PropelAuthModule, RequireUser, User } from 'nestjs-propelauth';
import request from 'supertest';
import { startApplication, type RunningApplication } from '../support/application.js';
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

@Injectable()
class ReadingService {
  async run(): Promise<void> {
    await Promise.resolve();
    read('service');
  }
}

@Injectable()
class ReadingHandler {
  constructor(private readonly service: ReadingService) {}

  async run(user: User): Promise<object> {
    read('handler');
    await this.service.run();
    return { userId: user.userId };
  }
}

@Controller('class')
@RequireUser()
@UseGuards(ReadingGuard)
@UseInterceptors(ReadingInterceptor)
class ClassController {
  constructor(private readonly handler: ReadingHandler) {}

  @Get()
  show(@CurrentUser() user: User) {
    return this.handler.run(user);
  }
}

@Controller()
@UseGuards(ReadingGuard)
@UseInterceptors(ReadingInterceptor)
class MethodController {
  constructor(private readonly handler: ReadingHandler) {}

  @Get('method')
  @RequireUser()
  show(@CurrentUser() user: User) {
    return this.handler.run(user);
  }
}

@Controller('undecorated')
@UseGuards(ReadingGuard)
@UseInterceptors(ReadingInterceptor)
class UndecoratedController {
  constructor(private readonly handler: ReadingHandler) {}

  @Get()
  show(@CurrentUser() user: User) {
    return this.handler.run(user);
  }
}

type Mount = 'guard' | 'interceptor' | 'middleware';

function setup(cls: ClsService): void {
  cls.set('tenant', 'acme');
}

function clsModule(mount: Mount): DynamicModule {
  return ClsModule.forRoot({ global: true, [mount]: { mount: true, setup } });
}

const AFTER_GUARDS = { interceptor: 'acme', handler: 'acme', service: 'acme' };
const EVERYWHERE = { guard: 'acme', ...AFTER_GUARDS };

const mounts: [Mount, object][] = [
  ['guard', EVERYWHERE],
  ['interceptor', { guard: undefined, ...AFTER_GUARDS }],
  ['middleware', EVERYWHERE],
];

/** Without the one order that cannot work: a guard mount behind a guard that Nest has to wait for. */
const orders = (mount: Mount) => (mount === 'guard' ? ['before'] : ['before', 'after']);

describe.each(mounts)('The store of nestjs-cls, mounted as %s,', (mount, expected) => {
  let application: RunningApplication;

  async function start(requireUserByDefault: boolean, order: string) {
    const propelAuth = PropelAuthModule.forRoot({ ...issuer.moduleOptions, requireUserByDefault });
    const cls = clsModule(mount);
    application = await startApplication({
      imports: order === 'before' ? [cls, propelAuth] : [propelAuth, cls],
      controllers: [
        ClassController,
        MethodController,
        ...(requireUserByDefault ? [UndecoratedController] : []),
      ],
      providers: [ReadingHandler, ReadingService],
    });
  }

  /** The guard has to wait for the check of a token that is new to it. */
  async function expectStore(path: string) {
    const headers = await headersOf(issuer, alice);
    for (const token of ['new', 'known']) {
      found = {};
      await request(application.url).get(path).set(headers).expect(200, { userId: alice.userId });
      expect({ token, ...found }).toEqual({ token, ...expected });
    }
  }

  describe.each(['before', 'after'])('imported %s PropelAuthModule,', (order) => {
    it.each(['/class', '/method'])('exists in each request to %s', async (path) => {
      await start(false, order);
      await expectStore(path);
    });
  });

  describe.each(orders(mount))('imported %s PropelAuthModule,', (order) => {
    it.each(['/class', '/method', '/undecorated'])(
      'exists in each request to %s under requireUserByDefault',
      async (path) => {
        await start(true, order);
        await expectStore(path);
      },
    );
  });
});
