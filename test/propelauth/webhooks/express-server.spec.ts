import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { ModuleMetadata } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import express from 'express';
import { PropelAuthModule } from 'nestjs-propelauth';
import { registerCleanup } from '../../support/clean-up.js';
import { EventRecorder, received } from '../../support/event-recorder.js';
import { until } from '../../support/fake-timers.js';
import { issuer } from '../../support/guarded-application.js';
import { RecordingLogger } from '../../support/recording-logger.js';
import { created, PATH, send, webhooks, withResolvers } from './event-application.js';

const imports = [PropelAuthModule.forRoot({ ...issuer.moduleOptions, webhooks })];
class AppModule {}

beforeEach(() => void received.splice(0));

/** Creates the application on a server that exists before Nest. */
async function createOn(server: express.Express, providers: ModuleMetadata['providers']) {
  const app = await NestFactory.create(
    { module: AppModule, imports, providers },
    new ExpressAdapter(server),
    { logger: false, abortOnError: false },
  );
  registerCleanup(() => app.close());
  return app;
}

/** Starts the application on a server that has middleware before Nest. */
async function startOn(middleware: express.RequestHandler) {
  const app = await createOn(express().use(middleware), [EventRecorder]);
  await app.listen(0, '127.0.0.1');
  const logger = new RecordingLogger();
  app.useLogger(logger);
  return { url: await app.getUrl(), logger };
}

describe('On a server of Express that exists before Nest, webhooks.path', () => {
  it('returns 500 if the body was parsed, so that the event is sent again, and logs one error', async () => {
    const { url, logger } = await startOn(express.json());
    expect(await send({ url }, created)).toBe(500);
    expect(await send({ url }, created)).toBe(500);
    expect(logger.of('error')).toEqual([
      expect.stringContaining('has to keep them as request.rawBody'),
    ]);
  });

  it('accepts the event if the parser keeps the raw body', async () => {
    const { url } = await startOn(
      express.json({
        verify: (request, _response, body) => void Object.assign(request, { rawBody: body }),
      }),
    );
    expect(await send({ url }, created)).toBe(204);
  });

  it('does not respond after the server has, because the error would end the process', async () => {
    const { url } = await startOn((_request, response, next) => {
      next();
      response.sendStatus(503);
    });
    expect(await send({ url }, created)).toBe(503);
    await until(() => received.length > 0);
    await new Promise((resolve) => setImmediate(resolve));
  });

  it('returns 500 through the error handler if middleware fails to send responses, because the error would end the process', async () => {
    const { url } = await startOn((_request, response, next) => {
      response.send = () => {
        throw new Error('cannot be sent');
      };
      next();
    });
    expect((await fetch(url + PATH, { method: 'POST' })).status).toBe(500);
  });

  it('returns 503 until the application has started, so that events are sent again once all handlers exist', async () => {
    const creating = withResolvers<EventRecorder>();
    const server = express();
    const listening = server.listen(0, '127.0.0.1');
    registerCleanup(() => void listening.close());
    await once(listening, 'listening');
    const url = `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;
    const starting = createOn(server, [{ provide: 'late', useFactory: () => creating.promise }]);
    let early = 404;
    // The route is there before the handlers.
    while (early === 404) early = await send({ url }, created, 'msg_1');
    expect(early).toBe(503);
    creating.resolve(new EventRecorder());
    const app = await starting;
    expect(await send({ url }, created, 'msg_1')).toBe(503);
    await app.init();
    expect(await send({ url }, created, 'msg_1')).toBe(204);
    expect(received).toEqual([created]);
  });
});
