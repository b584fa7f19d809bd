import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { WebSocketGateway } from '@nestjs/websockets';
import { PropelAuthModule } from 'nestjs-propelauth';
import { issuer } from '../../support/guarded-application.js';
import { alice } from '../../support/project.js';
import { GATEWAY_ADAPTERS, type GatewayClient } from '../../support/websockets.js';
import { GuardedGateway } from './guarded.gateway.js';

/** Two messages that are kept would be more than may be held. */
const CONNECTIONS = 4;
const MEGABYTE = 1_048_576;
const MESSAGE = Buffer.alloc(5 * MEGABYTE, 'a').toString();

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** What is held, in bytes. Buffers of a collected message are released by the second collection. */
async function heldMemory(): Promise<number> {
  collectGarbage();
  await setImmediate();
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Messages may be large here. */
@WebSocketGateway({ maxHttpBufferSize: 10 * MEGABYTE, maxPayload: 10 * MEGABYTE })
class LargeGateway extends GuardedGateway {}

it.each(GATEWAY_ADAPTERS)(
  'Connections over $name that sent 5 MB to each of two handlers use less than 10 MB in total',
  async (adapter) => {
    const application = await adapter.start({
      imports: [PropelAuthModule.forRoot(issuer.moduleOptions)],
      providers: [LargeGateway],
    });
    const clients: GatewayClient[] = [];
    const askAll = async (text: string) => {
      for (const [index, client] of clients.entries()) {
        for (const event of ['me', 'public']) await client.ask(event, `${text}${index}`);
      }
    };
    for (let index = 0; index < CONNECTIONS; index++) {
      const token = index % 2 === 0 ? await issuer.accessToken(alice) : undefined;
      clients.push(await adapter.connect(application, token));
    }
    await askAll('a');
    const before = await heldMemory();
    await askAll(MESSAGE);
    expect((await heldMemory()) - before).toBeLessThan(10 * MEGABYTE);
  },
);
