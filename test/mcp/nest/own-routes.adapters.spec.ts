import { Get, Post } from '@nestjs/common';
import { McpController, Tool } from '@rekog/mcp-nest';
import { Public } from 'nestjs-propelauth';
import { RequireMcpToken, RequireScope } from 'nestjs-propelauth/mcp';
import { callOf, startMcpServer, type McpServerOfTest } from '../../support/mcp-nest.js';
import { mcp } from '../../support/mcp-options.js';
import { alice } from './users.js';

@McpController()
@Public()
class Open {
  @Tool({ name: 'open', description: '' })
  tool() {
    return 'open';
  }
}

/** Adds routes to the endpoint controller, beside those of `@rekog/mcp-nest`. */
function withOwnRoutes({ prototype }: Function): void {
  const add = (name: string, ...decorators: MethodDecorator[]) => {
    const descriptor = { value: () => ({ own: name }), configurable: true, writable: true };
    Object.defineProperty(prototype, name, descriptor);
    for (const decorate of decorators) decorate(prototype as object, name, descriptor);
  };
  add('stats', Post('stats'));
  add('status', Get('status'));
  add('clear', Post('clear'), RequireScope('of:clear'));
}

describe('A route of its own on the endpoint controller', () => {
  let server: McpServerOfTest;
  beforeAll(async () => {
    server = await startMcpServer([Open], {
      endpoint: [withOwnRoutes, RequireMcpToken()],
      mcp: { ...mcp, scopes: ['of:clear'] },
    });
  });

  const MESSAGES = [callOf('open'), callOf('unknown'), {}];

  it.each(['stats', 'clear'])(
    'is not opened by a body that names a public tool: %s',
    async (name) => {
      const path = `/mcp/${name}`;
      for (const message of MESSAGES) {
        expect((await server.send(message, { path })).status).toBe(401);
        const token = server.token(alice);
        expect((await server.send(message, { path, token })).status).toBe(
          name === 'clear' ? 403 : 201,
        );
      }
    },
  );

  it('is under its own rules', async () => {
    expect((await server.send(undefined, { path: '/mcp/status', method: 'GET' })).status).toBe(401);
    const token = server.token(alice, ['of:clear']);
    for (const [path, method] of [
      ['/mcp/status', 'GET'],
      ['/mcp/clear', 'POST'],
    ] as const) {
      const { body } = await server.send({}, { path, method, token });
      expect(body).toEqual({ own: path.slice('/mcp/'.length) });
    }
  });
});
