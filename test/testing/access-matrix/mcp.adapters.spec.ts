import { Injectable, type CanActivate, type Type } from '@nestjs/common';
import { PropelAuthGuard, PropelAuthModule } from 'nestjs-propelauth';
import { mcpServer } from 'nestjs-propelauth/mcp';
import { expectAccess, overridePropelAuth, TestIssuer } from 'nestjs-propelauth/testing';
import { startApplication } from '../../support/application.js';
import { mcpNest, type McpSetup } from '../../support/mcp-nest.js';
import { mcp } from '../../support/mcp-options.js';
import { messageOf } from '../../support/access-matrix.js';
import { calls, Reports } from '../../mcp/nest/reports.parts.js';

const issuer = await TestIssuer.create();

@Injectable()
class LetsInAll implements CanActivate {
  canActivate() {
    return true;
  }
}

async function start(parts: Type[], setup: McpSetup = {}, guard?: Type<CanActivate>) {
  const { endpoints, connect } = mcpNest(setup);
  const { app } = await startApplication(
    {
      imports: [PropelAuthModule.forRoot({ ...issuer.moduleOptions, plugins: [mcpServer(mcp)] })],
      controllers: [...parts, ...endpoints],
    },
    connect,
    (builder) => {
      const overridden = overridePropelAuth(builder, { issuer });
      return guard ? overridden.overrideProvider(PropelAuthGuard).useClass(guard) : overridden;
    },
  );
  return app;
}

// Other suites call the same parts.
beforeEach(() => {
  calls.length = 0;
});

describe('toHold() of an MCP server', () => {
  it('tries the endpoint, and lists each tool, resource and prompt as not tried', async () => {
    const { tried, notTried } = await expectAccess(await start([Reports])).toHold();
    expect(tried).toEqual([
      'DELETE /mcp (McpEndpoint.delete)',
      'GET /mcp (McpEndpoint.get)',
      'POST /mcp (McpEndpoint.post)',
    ]);
    expect(notTried.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'tool read_reports (Reports.read)',
        'resource reports://all (Reports.all)',
        'resource template items://reports/{id} (Reports.one)',
        'prompt summarize (Reports.summarize)',
      ]),
    );
    expect(notTried).toContainEqual({
      name: 'tool read_reports (Reports.read)',
      reason: 'toHold() is no MCP client. Test it with one.',
    });
    expect(notTried).toContainEqual({
      name: 'POST /mcp (McpEndpoint.post), as an MCP client',
      reason: 'toHold() is no MCP client. Test it with one.',
    });
    expect(calls).toEqual([]);
  });

  it('finds a guard that opens the endpoint', async () => {
    const app = await start([Reports], {}, LetsInAll);
    const review = await messageOf(expectAccess(app).toHold());
    expect(review).toContain('  - a caller without credentials\n');
    expect(calls).toEqual([]);
  });
});
