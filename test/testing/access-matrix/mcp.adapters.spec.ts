import { Injectable, UseGuards, type CanActivate, type Type } from '@nestjs/common';
import { McpController, Tool } from '@rekog/mcp-nest';
import { PropelAuthGuard, PropelAuthModule, Public, RequireOrgRole } from 'nestjs-propelauth';
import { mcpServer, RequireMcpToken, RequireScope } from 'nestjs-propelauth/mcp';
import { expectAccess, overridePropelAuth, TestIssuer } from 'nestjs-propelauth/testing';
import { startApplication } from '../../support/application.js';
import { mcpNest, type McpSetup } from '../../support/mcp-nest.js';
import { mcp } from '../../support/mcp-options.js';
import { RecordingLogger } from '../../support/recording-logger.js';
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

@McpController()
class ScopedReports {
  @Tool({ name: 'write_reports', description: 'With a scope of its own.' })
  @RequireScope('write:reports')
  @RequireOrgRole('Admin')
  write() {
    calls.push('write_reports');
  }

  @Tool({ name: 'plain', description: 'Without a rule of its own.' })
  plain() {
    calls.push('plain');
  }
}

const SCOPED_FRONT: McpSetup = { endpoint: [RequireMcpToken({ scopes: ['read:reports'] })] };

// Other suites call the same parts.
beforeEach(() => {
  calls.length = 0;
});

describe('toHold() of tools, resources and prompts of mcp-nest', () => {
  it('passes if the guards behave as described, behind a controller that requires a token', async () => {
    const app = await start([Reports]);
    const logger = new RecordingLogger();
    app.useLogger(logger);
    const { notTried } = await expectAccess(app).toHold();
    expect(notTried).toEqual([]);
    expect(calls).toEqual([]);
    expect([...logger.of('error'), ...logger.of('warn')]).toEqual([]);
  });

  it('passes behind a public controller', async () => {
    await expectAccess(await start([Reports], { endpoint: [Public()] })).toHold();
    expect(calls).toEqual([]);
  });

  it('passes if the endpoint controller has its own scope', async () => {
    await expectAccess(await start([ScopedReports], SCOPED_FRONT)).toHold();
    expect(calls).toEqual([]);
  });

  it('calls no tool whose name another one has, or that only a guard behind the endpoint protects', async () => {
    @McpController()
    class FirstTools {
      @Tool({ name: 'edit', description: 'One of two.' })
      @RequireMcpToken()
      edit() {
        calls.push('edit');
      }

      @Tool({ name: 'shared', description: 'With a guard of its own.' })
      @Public({ guardedBy: LetsInAll })
      @UseGuards(LetsInAll)
      shared() {
        calls.push('shared');
      }
    }
    @McpController()
    class SecondTools {
      @Tool({ name: 'edit', description: 'The other one.' })
      edit() {
        calls.push('the other edit');
      }
    }
    const app = await start([FirstTools, SecondTools, Reports]);
    const { notTried } = await expectAccess(app).toHold();
    expect(calls).toEqual([]);
    expect(notTried.map(({ name }) => name)).toEqual([
      'tool edit (FirstTools.edit)',
      'tool edit (SecondTools.edit)',
      'tool shared (FirstTools.shared)',
    ]);
  });

  it.each([
    ['tool read_reports (Reports.read)', 'an MCP client without the scope read:reports'],
    ['tool edit_reports (Reports.edit)', 'an MCP client of a member with the role Member'],
    ['tool bill (Reports.bill)', 'an MCP client of a member without the scope write:reports'],
    ['tool plain (Reports.plain)', 'a caller without credentials'],
    ['resource reports://all (Reports.all)', 'an MCP client whose token has expired'],
    ['resource template items://reports/{id} (Reports.one)', 'a user'],
    ['prompt summarize (Reports.summarize)', 'an MCP client with a token for another resource'],
  ])('names the part that another guard opens, and the caller: %s', async (name, caller) => {
    const app = await start([Reports], {}, LetsInAll);
    const review = await expectAccess(app)
      .toHold()
      .then(String, (error: Error) => error.message);
    const about = review.split('\n\n').find((finding) => finding.includes(name));
    expect(about).toContain('allows');
    expect(about).toContain(caller);
    expect(calls).toEqual([]);
  });
});
