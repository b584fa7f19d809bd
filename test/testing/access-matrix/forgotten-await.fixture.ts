import { Controller, Get } from '@nestjs/common';
import { PropelAuthModule, RequireUser } from 'nestjs-propelauth';
import { createEmulator, expectAccess, overridePropelAuth } from 'nestjs-propelauth/testing';
import { Test } from '@nestjs/testing';

// awaited.spec.ts runs these tests, which have to fail.

@Controller()
class MeController {
  @Get('me')
  @RequireUser()
  me() {}
}

async function start() {
  const emulator = await createEmulator();
  const imports = [PropelAuthModule.forRoot(emulator.issuer.moduleOptions)];
  const builder = Test.createTestingModule({ imports, controllers: [MeController] });
  const moduleRef = await overridePropelAuth(builder, { emulator }).compile();
  return moduleRef.createNestApplication({ logger: false }).init();
}

it('closes the application while toHold() runs', async () => {
  const app = await start();
  void expectAccess(app).toHold();
  await app.close();
});

it('closes the application after toHold() has found something', async () => {
  const app = await start();
  void expectAccess(app).toHold({ except: ['GET /unknown'] });
  await expectAccess(app).toHold();
  await app.close();
});
