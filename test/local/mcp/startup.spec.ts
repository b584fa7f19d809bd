import { Controller, Get, Logger, Post, type Type } from '@nestjs/common';
import { PropelAuthConfigurationError, RequireUser } from 'nestjs-propelauth';
import { LocalPropelAuthModule, type LocalPropelAuthOptions } from 'nestjs-propelauth/local';
import { RequireMcpToken } from 'nestjs-propelauth/mcp';
import { warnOfOldNode } from '../../../lib/local/mcp/supported-node.js';
import { failureOf, startApplication } from '../../support/application.js';
import { RecordingLogger } from '../../support/recording-logger.js';
import { installCopy } from '../../support/package-copy.js';
import './quiet-oidc-provider.js';

type Local = typeof import('nestjs-propelauth/local');

const ORIGIN = 'http://localhost:3000';
const MCP = { resource: `${ORIGIN}/mcp`, scopes: ['read:reports'] };

const OPTIONS = { enabled: true, origin: ORIGIN, secret: 'the-secret-of-the-tests', mcp: MCP };

function localModule(mcp: LocalPropelAuthOptions['mcp'] = MCP) {
  return LocalPropelAuthModule.forRoot({ ...OPTIONS, mcp });
}

/** What an application with these controllers prints at startup. */
async function printedBy(controllers: Type[]): Promise<string> {
  const logger = new RecordingLogger();
  const metadata = { imports: [localModule()], controllers };
  const application = await startApplication(metadata, undefined, undefined, { logger });
  await application.close();
  return logger.of('log').join('\n');
}

describe('An application with the mcp option of the local module', () => {
  it('fails to start without oidc-provider, and names the command that installs it', async () => {
    const copy = await installCopy({ missing: 'oidc-provider' })<Local>('local');
    const imports = [copy.LocalPropelAuthModule.forRoot(OPTIONS)];
    expect(await failureOf(startApplication({ imports }))).toMatchObject({
      name: 'PropelAuthConfigurationError',
      message: expect.stringContaining('npm install --save-dev oidc-provider@9'),
    });
  });

  it.each([
    ['no resource', { scopes: ['read:reports'] }],
    ['no scopes', { resource: `${ORIGIN}/mcp`, scopes: [] }],
    ['a resource over http on another machine', { ...MCP, resource: 'http://app.example/mcp' }],
    ['an unknown option', { ...MCP, audience: 'x' }],
    ['the scope openid', { ...MCP, scopes: ['openid'] }],
    ['the scope offline_access', { ...MCP, scopes: ['offline_access'] }],
  ])('fails with %s', (_what, mcp) => {
    expect(() => localModule(mcp as LocalPropelAuthOptions['mcp'])).toThrow(
      PropelAuthConfigurationError,
    );
  });

  it('fails if it has a route at one of the endpoints', async () => {
    @Controller('oauth/2.1')
    class OwnController {
      @Post('token')
      token() {
        return {};
      }
    }
    const imports = [localModule()];
    const failure = await failureOf(startApplication({ imports, controllers: [OwnController] }));
    expect((failure as Error).message).toContain('POST /oauth/2.1/token (OwnController.token)');
  });

  it('prints where MCP clients connect, and no command for users if only MCP clients may call', async () => {
    @Controller('mcp')
    @RequireMcpToken()
    class McpEndpoint {
      @Post()
      handle() {
        return {};
      }
    }
    const printed = await printedBy([McpEndpoint]);
    expect(printed).toContain(
      `MCP clients\n\n  Open a link below in your browser, then connect a client to ${ORIGIN}/mcp\n`,
    );
    expect(printed).not.toContain('TOKEN');
  });

  it('prints the command for users if a route is for them', async () => {
    @Controller('profile')
    class ProfileController {
      @Get()
      @RequireUser()
      mine() {
        return {};
      }
    }
    expect(await printedBy([ProfileController])).toContain(`Bearer $TOKEN" ${ORIGIN}/profile\n`);
  });

  it('names the first supported version of Node.js', () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => {});
    warnOfOldNode('22.0.0');
    warnOfOldNode('24.1.0');
    expect(warn).not.toHaveBeenCalled();
    warnOfOldNode('20.19.0');
    expect(warn).toHaveBeenCalledTimes(1);
    expect(String(warn.mock.calls[0]?.[0])).toContain('Node.js 22 and newer');
  });
});
