import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { WebSocketGateway } from '@nestjs/websockets';
import { PropelAuthModule } from 'nestjs-propelauth';
import { issuer } from '../../support/guarded-application.js';
import { alice } from '../../support/project.js';
import { until } from '../../support/fake-timers.js';
import { GATEWAY_ADAPTERS } from '../../support/websockets.js';
import { GuardedGateway } from './guarded.gateway.js';

/** One message that is kept would be twice as much as may be held. */
const CONNECTIONS = 4;
const MEGABYTE = 1_048_576;
const MESSAGE = Buffer.alloc(20 * MEGABYTE, 'a').toString();

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** What is held after a collection, in bytes. */
function heldMemory(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Messages may be large here. */
@WebSocketGateway({ maxHttpBufferSize: 30 * MEGABYTE, maxPayload: 30 * MEGABYTE })
class LargeGateway extends GuardedGateway {}

describe.each(GATEWAY_ADAPTERS)('Connections over $name that sent 20 MB each', (adapter) => {
  it.each(['me', 'public'])(
    'use less than 10 MB in total after the messages to "%s"',
    async (event) => {
      const application = await adapter.start({
        imports: [PropelAuthModule.forRoot(issuer.moduleOptions)],
        providers: [LargeGateway],
      });
      const token = event === 'public' ? undefined : await issuer.accessToken(alice);
      const clients = [];
      for (let index = 0; index < CONNECTIONS; index++) {
        const client = await adapter.connect(application, token);
        await client.ask(event, 'a');
        clients.push(client);
      }
      const before = heldMemory();
      for (const client of clients) await client.ask(event, `${MESSAGE}${clients.indexOf(client)}`);
      // What is garbage is not collected all at once.
      await until(() => heldMemory() - before < 10 * MEGABYTE);
      expect(clients).toHaveLength(CONNECTIONS);
    },
    60_000,
  );
});
