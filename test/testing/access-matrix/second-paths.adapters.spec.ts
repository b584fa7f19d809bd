import { Controller, Get, Injectable, Module, type ExecutionContext } from '@nestjs/common';
import { RouterModule } from '@nestjs/core';
import type { IncomingMessage } from 'node:http';
import { PropelAuthGuard, RequireUser } from 'nestjs-propelauth';
import { expectAccess } from 'nestjs-propelauth/testing';
import { messageOf, startMatrixApplication } from '../../support/access-matrix.js';
import { classOf } from '../../support/routes.js';

const reportsController = classOf('ReportsController', [Controller()], {
  list: [Get(['reports', 'old/reports']), RequireUser()],
});

@Module({ controllers: [reportsController] })
class FirstModule {}

@Module({ controllers: [reportsController] })
class SecondModule {}

const TWO_MODULES = [
  FirstModule,
  SecondModule,
  RouterModule.register([
    { path: 'first', module: FirstModule },
    { path: 'second', module: SecondModule },
  ]),
];

/** Trusts the paths that were there before PropelAuth. */
@Injectable()
class TrustsOldPaths extends PropelAuthGuard {
  override canActivate(context: ExecutionContext) {
    const { url } = context.switchToHttp().getRequest<IncomingMessage>();
    return url?.includes('old') === true || super.canActivate(context);
  }
}

describe('toHold() of a handler with several paths', () => {
  it('tries every path, in every module', async () => {
    const { app } = await startMatrixApplication({ imports: TWO_MODULES });
    expect((await expectAccess(app).toHold()).tried).toEqual([
      'GET /first/old/reports (ReportsController.list)',
      'GET /first/reports (ReportsController.list)',
      'GET /second/old/reports (ReportsController.list)',
      'GET /second/reports (ReportsController.list)',
    ]);
  });

  it('finds the path that is open although the others are not', async () => {
    const { app } = await startMatrixApplication({
      controllers: [reportsController],
      override: (builder) => builder.overrideProvider(PropelAuthGuard).useClass(TrustsOldPaths),
    });
    const review = await messageOf(expectAccess(app).toHold());
    expect(review).toContain('GET /old/reports (ReportsController.list) allows:');
    expect(review).not.toContain('GET /reports (');
  });

  it('finds what a middleware answers on one of the paths', async () => {
    const { app } = await startMatrixApplication({
      controllers: [reportsController],
      prepare: (created) =>
        created.use('/old/reports', (_request: unknown, response: { end(body: string): void }) =>
          response.end('cached'),
        ),
    });
    const review = await messageOf(expectAccess(app).toHold());
    expect(review).toContain(
      'GET /old/reports (ReportsController.list) gets a response before the guard decides, when called by:',
    );
    expect(review).not.toContain('GET /reports (');
  });
});
