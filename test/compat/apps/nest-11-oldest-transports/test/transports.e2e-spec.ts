import type { INestApplication } from '@nestjs/common';
import { startNative, startSocketIo } from './applications';
import {
  nativePromises,
  socketIoPromises,
  startPromises,
  startUndecorated,
} from './transport-promises';

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
  for (const [promise, keep] of Object.entries(startPromises)) it(promise, keep);

  it('does not start with a gateway without a rule, which no global guard reaches', async () => {
    await expect(startUndecorated()).rejects.toThrow(/UndecoratedGateway\.answer[^]*Nest 11/);
  });
});
