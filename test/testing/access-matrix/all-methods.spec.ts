import { All, Controller, Get } from '@nestjs/common';
import { RequireApiKey, RequireUser } from 'nestjs-propelauth';
import { expectAccess } from 'nestjs-propelauth/testing';
import { startMatrixApplication } from '../../support/access-matrix.js';

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
