import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Test } from '@nestjs/testing';
import { createEmulator, expectAccess, overridePropelAuth } from 'nestjs-propelauth/testing';
import { AppModule } from './app.module.js';
import { createMcpServer } from './mcp-server.js';

test('Each rule allows exactly the right callers', async (t) => {
  const emulator = await createEmulator();
  const builder = Test.createTestingModule({ imports: [AppModule] });
  const moduleRef = await overridePropelAuth(builder, { emulator }).compile();
  const app = moduleRef.createNestApplication({ logger: false });
  t.after(() => app.close());
  app.connectMicroservice({ strategy: createMcpServer() });
  await app.startAllMicroservices();
  await app.init();
  const { notTried } = await expectAccess(app).toHold();
  // Test what MCP clients may do with a client.
  assert.deepEqual(
    notTried.map(({ name }) => name.split(' (')[0]),
    [
      'DELETE /mcp',
      'GET /mcp',
      'POST /mcp',
      'tool approve_report',
      'tool list_reports',
      'tool report_formats',
    ],
  );
});
