import { once } from 'node:events';
import { connect, type ClientHttp2Session, type IncomingHttpHeaders } from 'node:http2';
import { text } from 'node:stream/consumers';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { PropelAuthModule } from 'nestjs-propelauth';
import { mcpServer } from 'nestjs-propelauth/mcp';
import { registerCleanup } from '../support/clean-up.js';
import { issuer } from '../support/guarded-application.js';
import { mcp } from '../support/mcp-options.js';

describe('Over HTTP/2, the metadata of the MCP server', () => {
  let session: ClientHttp2Session;

  beforeAll(async () => {
    class AppModule {}
    const plugins = [mcpServer(mcp)];
    const imports = [PropelAuthModule.forRoot({ ...issuer.moduleOptions, plugins })];
    const app = await NestFactory.create(
      { module: AppModule, imports },
      new FastifyAdapter({ http2: true }),
      { logger: false, abortOnError: false },
    );
    app.enableCors({ origin: true, credentials: true });
    await app.listen(0, '127.0.0.1');
    registerCleanup(() => app.close());
    session = connect(await app.getUrl());
    registerCleanup(() => session.destroy());
  });

  it.each([
    ['GET', 200],
    ['HEAD', 200],
    ['OPTIONS', 204],
    ['POST', 405],
  ])('is served: %s gets %d', async (method, status) => {
    const stream = session.request({
      ':path': '/.well-known/oauth-protected-resource/mcp',
      ':method': method,
      origin: 'https://inspector.example.com',
    });
    stream.end();
    const [headers] = (await once(stream, 'response')) as [IncomingHttpHeaders];
    expect(headers).toMatchObject({ ':status': status, 'access-control-allow-origin': '*' });
    expect(headers['access-control-allow-credentials']).toBeUndefined();
    expect((await text(stream)).includes(mcp.resource)).toBe(method === 'GET');
  });
});
