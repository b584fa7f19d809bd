import type { INestApplication } from '@nestjs/common';
import { startNative, startSocketIo } from './applications.js';
import { nativePromises, socketIoPromises, startPromises } from './transport-promises.js';

/** Each starts an application, and one may call all of its handlers. */
const PATIENCE_MILLISECONDS = 60_000;

/** What holds in every application that has all transports, in the words of Jest. */
export function describeTransports(): void {
  for (const { name, start, promises } of [
    { name: 'socket.io', start: startSocketIo, promises: socketIoPromises },
    { name: 'ws', start: startNative, promises: nativePromises },
  ]) {
    describe(`The application over ${name}`, () => {
      let app: INestApplication;

      beforeAll(async () => {
        app = await start();
      });

      for (const [promise, keep] of Object.entries(promises)) it(promise, () => keep(app));

      afterAll(() => app.close());
    });
  }

  describe('An application', () => {
    for (const [promise, keep] of Object.entries(startPromises))
      it(promise, keep, PATIENCE_MILLISECONDS);
  });
}
