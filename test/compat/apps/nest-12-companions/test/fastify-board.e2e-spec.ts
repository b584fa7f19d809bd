import type { ServerResponse } from 'node:http';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { TestingModule } from '@nestjs/testing';
import { FastifyAdapter as FastifyBoard } from '@bull-board/fastify';
import { BullBoardModule } from '@bull-board/nestjs';
import { PropelAuthService } from 'nestjs-propelauth';
import { API, expectStatuses, PAGE } from './board-promises.js';

// Not in nest-11-companions: Jest cannot load @bull-board/fastify in CommonJS before Node.js 24.9.
describe('A board on Fastify', () => {
  it('has an open API behind its middleware', async () => {
    const board = BullBoardModule.forRoot({ route: PAGE, adapter: FastifyBoard, middleware: deny });
    await expectStatuses(board, onFastify, { [PAGE]: [401, 401], [API]: [200, 200] });
  });

  it('is open for those whom a hook lets through', async () => {
    const board = BullBoardModule.forRoot({ route: PAGE, adapter: FastifyBoard });
    const forUsers = [401, 200];
    await expectStatuses(board, onFastifyWithHook, {
      [PAGE]: forUsers,
      [API]: forUsers,
      '/%71ueues/api/queues': forUsers,
    });
  });
});

function deny(_request: object, response: ServerResponse): void {
  response.writeHead(401).end();
}

function onFastify(moduleRef: TestingModule): NestFastifyApplication {
  return moduleRef.createNestApplication<NestFastifyApplication>(new FastifyAdapter());
}

function onFastifyWithHook(moduleRef: TestingModule): NestFastifyApplication {
  const app = onFastify(moduleRef);
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onRequest', async (request, reply) => {
    if (!request.routeOptions.url?.startsWith(PAGE)) return;
    const caller = await app.get(PropelAuthService).identify(request, { kinds: ['user'] });
    if (caller === null) await reply.code(401).send();
  });
  return app;
}
