import { once } from 'node:events';
import { WebSocket } from 'ws';
import { registerCleanup } from '../support/clean-up.js';
import { stopClock } from '../support/fake-timers.js';
import { NOW } from '../support/forge.js';
import { CONTEXTS } from '../support/graphql.js';
import {
  CONNECTION_ATTACKS,
  CONNECTION_CONTROL,
  type ConnectionAttack,
} from './connection-params.js';
import { handlersIn } from './let-in.js';
import { startVictim } from './victim.application.js';

stopClock(NOW * 1000);

/** How graphql-ws and GraphQL say what HTTP says with 500. */
const SERVER_ERROR = /INTERNAL_SERVER_ERROR|closed with (1011|4500)/;

/** Everything that the server says until the operation is over or the connection is. */
async function answersTo(
  { messages, headers = {}, query = '' }: ConnectionAttack,
  url: string,
): Promise<string> {
  const socket = new WebSocket(
    `${url.replace('http', 'ws')}/graphql${query}`,
    'graphql-transport-ws',
    {
      headers,
    },
  );
  registerCleanup(() => socket.terminate());
  const received: string[] = [];
  const closed = once(socket, 'close').then(([code]) => received.push(`closed with ${code}`));
  const over = new Promise<void>((resolve) => {
    socket.on('message', (data: Buffer) => {
      received.push(data.toString());
      if (/"type":"(next|error|complete)"/.test(received.at(-1) as string)) resolve();
    });
  });
  await once(socket, 'open');
  for (const message of messages) {
    socket.send(message);
    if (!message.includes('connection_init')) continue;
    await Promise.race([once(socket, 'message'), closed]);
  }
  await Promise.race([over, closed]);
  socket.close();
  return received.join('\n');
}

describe.each(CONTEXTS)('Attacks on graphql-ws, in the context of %s', (_whose, options) => {
  let url: string;
  beforeAll(async () => {
    ({ url } = await startVictim(options));
  });

  it.each(CONNECTION_ATTACKS)('$name', async (attack) => {
    const answers = await answersTo(attack, url);
    expect(handlersIn(answers)).toEqual([]);
    expect(answers).not.toMatch(SERVER_ERROR);
    expect(handlersIn(await answersTo(CONNECTION_CONTROL, url))).not.toEqual([]);
  });
});
