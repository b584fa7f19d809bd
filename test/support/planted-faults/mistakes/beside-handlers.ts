import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Injectable, Module, type NestMiddleware, type NestModule } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import type { Response } from 'express';
import { registerCleanup } from '../../clean-up.js';
import { ACME_ID, dave, type KnownUser } from '../../project.js';
import { request } from '../../guarded-application.js';
import { ForAdmins, reportsUnder, SECRET, type Mistake } from './mistake.js';

const guarded = () => reportsUnder([ForAdmins()]);

/** Starts one more server, and asks it. */
async function askServer(listener: RequestListener, user: KnownUser | null): Promise<string> {
  const server = createServer(listener);
  registerCleanup(() => server.close());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const { text } = await request(`http://127.0.0.1:${port}`, user)
    .get('/reports')
    .query({ orgId: ACME_ID });
  return text;
}

@Injectable()
class AnsweringMiddleware implements NestMiddleware {
  use(_request: object, response: Response) {
    response.send(SECRET);
  }
}

/** A module whose middleware answers requests to a path. */
function answering(path: string) {
  @Module({ controllers: [guarded()] })
  class ReportsModule implements NestModule {
    configure(consumer: Parameters<NestModule['configure']>[0]) {
      consumer.apply(AnsweringMiddleware).forRoutes(path);
    }
  }
  return { imports: [ReportsModule] };
}

function folderWithSecret(): string {
  const folder = mkdtempSync(join(tmpdir(), 'reports-'));
  registerCleanup(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'acme.txt'), SECRET);
  return folder;
}

/** Mistakes with what answers requests, and is no handler of Nest. */
export const MISTAKES_BESIDE_HANDLERS: readonly Mistake[] = [
  {
    what: 'a second HTTP server with its own listener, made with `createServer()`',
    plant: () => ({ controllers: [guarded()] }),
    intruder: null,
    ask: (_application, user) => askServer((_request, response) => response.end(SECRET), user),
    result: 'unauthorized access',
    notices: ['–', '–', '–'],
    advice:
      'Verify its tokens with `PropelAuthService`, or bind it to an address that only your services can reach.',
  },
  {
    what: 'a second HTTP server that serves the application',
    plant: () => ({ controllers: [guarded()] }),
    intruder: dave,
    ask: ({ app }, user) => askServer(app.getHttpAdapter().getInstance() as RequestListener, user),
    result: 'guarded',
    notices: ['guarded', 'guarded', 'guarded'],
  },
  {
    what: 'a route added with `app.getHttpAdapter().get()`',
    plant: () => ({ controllers: [guarded()] }),
    prepare: (app) =>
      app.getHttpAdapter().get('/internal/reports', (_request: object, response: Response) => {
        response.send(SECRET);
      }),
    intruder: null,
    intruderPath: '/internal/reports',
    result: 'unauthorized access',
    notices: ['–', '–', '–'],
    advice: 'Write a controller.',
  },
  {
    what: 'a handler added with `app.use(path, handler)`',
    plant: () => ({ controllers: [guarded()] }),
    prepare: (app) =>
      app.use('/internal/reports', (_request: object, response: Response) => {
        response.send(SECRET);
      }),
    intruder: null,
    intruderPath: '/internal/reports',
    result: 'unauthorized access',
    notices: ['–', '–', '–'],
    advice: 'Write a controller, or call `PropelAuthService` in it.',
  },
  {
    what: 'a middleware that responds on a path of its own',
    plant: () => answering('internal/reports'),
    intruder: null,
    intruderPath: '/internal/reports',
    result: 'unauthorized access',
    notices: ['–', '–', '–'],
    advice: 'Middleware runs before guards: write a controller.',
  },
  {
    what: 'a middleware that responds on the path of a guarded route',
    plant: () => answering('reports'),
    intruder: null,
    result: 'unauthorized access',
    notices: ['–', 'finds', '–'],
  },
  {
    what: 'static files',
    plant: () => ({ controllers: [guarded()] }),
    prepare: (app) =>
      (app as NestExpressApplication).useStaticAssets(folderWithSecret(), { prefix: '/files' }),
    intruder: null,
    intruderPath: '/files/acme.txt',
    result: 'unauthorized access',
    notices: ['–', '–', '–'],
    advice:
      'Serve only public files this way. Send other files from a handler, with `StreamableFile`.',
  },
  {
    what: 'Swagger UI and its document',
    plant: () => ({ controllers: [guarded()] }),
    prepare: (app) =>
      SwaggerModule.setup('docs', app, () =>
        SwaggerModule.createDocument(app, new DocumentBuilder().setTitle(SECRET).build()),
      ),
    intruder: null,
    intruderPath: '/docs-json',
    result: 'unauthorized access',
    notices: ['–', '–', '–'],
    advice: 'Set it up only outside of production, or protect it with a middleware.',
  },
];
