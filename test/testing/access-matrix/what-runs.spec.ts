import {
  Controller,
  Get,
  Module,
  UseInterceptors,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { Public } from 'nestjs-propelauth';
import { expectAccess } from 'nestjs-propelauth/testing';
import { startMatrixApplication } from '../../support/access-matrix.js';

/** What ran during the latest `toHold()`, in this order. */
const ran: string[] = [];

function interceptor(name: string): NestInterceptor {
  return {
    intercept(_context: ExecutionContext, next: CallHandler) {
      ran.push(name);
      return next.handle();
    },
  };
}

@Controller()
@UseInterceptors(interceptor('of the class'))
class HealthController {
  @Get('health')
  @Public()
  @UseInterceptors(interceptor('of the handler'))
  health() {
    ran.push('the handler');
  }
}

@Module({
  providers: [
    { provide: APP_INTERCEPTOR, useValue: interceptor('of a module behind PropelAuthModule') },
  ],
})
class LaterModule {}

it('runs middleware and global interceptors of earlier modules, and nothing after them', async () => {
  const { app } = await startMatrixApplication({
    imports: [LaterModule],
    controllers: [HealthController],
    providers: [
      { provide: APP_INTERCEPTOR, useValue: interceptor('of the module of the application') },
    ],
    prepare(application) {
      application.use((_request: unknown, _response: unknown, next: () => void) => {
        ran.push('middleware');
        next();
      });
      application.useGlobalInterceptors(interceptor('of useGlobalInterceptors()'));
    },
  });
  await expectAccess(app).toHold();
  expect(new Set(ran)).toEqual(new Set(['middleware', 'of the module of the application']));
});
