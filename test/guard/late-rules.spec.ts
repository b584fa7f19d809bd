import {
  Controller,
  Get,
  type CallHandler,
  type ExecutionContext,
  type Type,
} from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { describeAccess, getCurrentUser, RequireUser } from 'nestjs-propelauth';
import { request, startGuarded } from '../support/guarded-application.js';

/** Asks for the caller of each call, as a logger does. */
const logger = {
  provide: APP_INTERCEPTOR,
  useValue: {
    intercept(context: ExecutionContext, next: CallHandler) {
      getCurrentUser(context);
      return next.handle();
    },
  },
};

function openController(): Type {
  @Controller()
  class LibraryController {
    @Get('report')
    show() {
      return 'a report';
    }
  }
  return LibraryController;
}

function requireUserOnMethod(type: Type): void {
  const { prototype } = type as { readonly prototype: object };
  RequireUser()(prototype, 'show', Object.getOwnPropertyDescriptor(prototype, 'show') ?? {});
}

describe('A rule that is written after another application has called its handler', () => {
  it.each<[string, (type: Type) => void]>([
    ['class', (type) => RequireUser()(type)],
    ['method', requireUserOnMethod],
  ])('applies: on the %s', async (_where, write) => {
    const LibraryController = openController();
    const providers = [logger];
    const first = await startGuarded({ controllers: [LibraryController], providers });
    await request(first.url).get('/report').expect(200);
    write(LibraryController);
    const second = await startGuarded({ controllers: [LibraryController], providers });
    expect(describeAccess(second.app)).toMatchObject([{ access: 'required' }]);
    await request(second.url).get('/report').expect(401);
  });
});

describe('A handler without a rule, in a class that inherits one', () => {
  it('stays open when code asks for its caller before an application starts', async () => {
    class Reports {
      @Get('closed')
      @RequireUser()
      closed() {}
    }
    @Controller()
    class OpenReports extends Reports {
      @Get('open')
      open(this: void) {
        return 'open';
      }
    }
    const context = new ExecutionContextHost([{}], OpenReports, OpenReports.prototype.open);
    expect(() => getCurrentUser(context)).toThrow('Internal Server Error');
    const { url } = await startGuarded({ controllers: [OpenReports] });
    await request(url).get('/open').expect(200, 'open');
    await request(url).get('/closed').expect(401);
  });
});
