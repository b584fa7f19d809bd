import { All, Controller, Get, Injectable, type ExecutionContext } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import { PropelAuthGuard, RequireApiKey, RequireUser } from 'nestjs-propelauth';
import { expectAccess } from 'nestjs-propelauth/testing';
import { messageOf, startMatrixApplication } from '../../support/access-matrix.js';

@Controller('things')
class ThingsController {
  @Get(':id')
  @RequireUser()
  show() {}

  @All(':thing')
  @RequireApiKey()
  change() {}
}

/** Fastify has no such routes. */
it('toHold() calls a route for all methods with one that the route in front of it does not have', async () => {
  const { app } = await startMatrixApplication({ controllers: [ThingsController] });
  await expectAccess(app).toHold();
});

it('toHold() calls a route for all methods with one that a route in except does not have', async () => {
  const { app } = await startMatrixApplication({ controllers: [ThingsController] });
  const { tried } = await expectAccess(app).toHold({ except: ['GET /things/:id'] });
  expect(tried).toEqual(['ALL /things/:thing (ThingsController.change)']);
});

/** Looks only at requests that seem to read. */
@Injectable()
class SkipsPost extends PropelAuthGuard {
  override canActivate(context: ExecutionContext) {
    const { method } = context.switchToHttp().getRequest<IncomingMessage>();
    return method === 'POST' || super.canActivate(context);
  }
}

it('toHold() finds a route for all methods that is open for one of them', async () => {
  @Controller('anything')
  class AnythingController {
    @All()
    @RequireUser()
    all() {}
  }
  const { app } = await startMatrixApplication({
    controllers: [AnythingController],
    override: (builder) => builder.overrideProvider(PropelAuthGuard).useClass(SkipsPost),
  });
  const review = await messageOf(expectAccess(app).toHold());
  expect(review).toContain(
    'POST /anything (AnythingController.all) allows a caller without credentials.',
  );
});
