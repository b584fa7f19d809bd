import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { PropelAuthModule, RequireUser } from 'nestjs-propelauth';
import { expectAccess, overridePropelAuth, TestIssuer } from 'nestjs-propelauth/testing';
import { registerCleanup } from '../../support/clean-up.js';
import { routeUnder } from '../../support/routes.js';

it('toHold() reports that it cannot call an HTTP/2 server, and stops it', async () => {
  const issuer = await TestIssuer.create();
  const builder = Test.createTestingModule({
    imports: [PropelAuthModule.forRoot(issuer.moduleOptions)],
    controllers: [routeUnder('', RequireUser())],
  });
  const moduleRef = await overridePropelAuth(builder, { issuer }).compile();
  const app = moduleRef.createNestApplication(new FastifyAdapter({ http2: true }), {
    logger: false,
  });
  registerCleanup(() => app.close());
  await app.init();
  await expect(expectAccess(app).toHold()).rejects.toThrow(
    'toHold() sends plain HTTP/1.1 to a port.',
  );
  expect(app.getHttpServer().listening).toBe(false);
});
