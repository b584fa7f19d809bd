import { test } from 'node:test';
import { Test } from '@nestjs/testing';
import { PropelAuthModule } from 'nestjs-propelauth';
import { expectAccess, overridePropelAuth, TestIssuer } from 'nestjs-propelauth/testing';
import { AppModule } from './app.module.js';
import { createMcpServer } from './mcp-server.js';

test('Each rule allows exactly the right callers', async (t) => {
  const issuer = await TestIssuer.create();
  const propelAuth = PropelAuthModule.forRoot({
    ...issuer.moduleOptions,
    mcp: {
      resource: 'https://api.example.com/mcp',
      introspection: issuer.introspection,
      scopes: ['read:reports'],
    },
  });
  const builder = Test.createTestingModule({ imports: [propelAuth, AppModule] });
  const moduleRef = await overridePropelAuth(builder, { issuer }).compile();
  const app = moduleRef.createNestApplication({ logger: false });
  t.after(() => app.close());
  app.connectMicroservice({ strategy: createMcpServer() });
  await app.startAllMicroservices();
  await app.init();
  await expectAccess(app).toHold();
});
