import { once } from 'node:events';
import { UseFilters, type ExceptionFilter, type ModuleMetadata } from '@nestjs/common';
import { BaseWsExceptionFilter, WebSocketGateway } from '@nestjs/websockets';
import { PropelAuthModule } from 'nestjs-propelauth';
import { WebSocket } from 'ws';
import type { RunningApplication } from '../../support/application.js';
import { registerCleanup } from '../../support/clean-up.js';
import { issuer } from '../../support/guarded-application.js';
import { exception, GATEWAY_ADAPTERS } from '../../support/websockets.js';
import { GuardedGateway } from './guarded.gateway.js';

/** 60 KB that no recursive serializer gets through. */
const NESTED = '['.repeat(30_000) + ']'.repeat(30_000);

function applicationWith(filter: ExceptionFilter): ModuleMetadata {
  @WebSocketGateway()
  @UseFilters(filter)
  class FilteredGateway extends GuardedGateway {}
  return {
    imports: [PropelAuthModule.forRoot(issuer.moduleOptions)],
    providers: [FilteredGateway],
  };
}

/** What each adapter takes for a message with this data, as the client sends it. */
const WIRES = {
  'socket.io': {
    path: '/socket.io/?EIO=4&transport=websocket',
    open: '40',
    message: `42["reports",${NESTED}]`,
    answer: (text: string) => {
      const [event, data] = JSON.parse(text.slice(2)) as [string, unknown];
      return { event, data };
    },
    isAnswer: (text: string) => text.startsWith('42'),
  },
  ws: {
    path: '/',
    open: undefined,
    message: `{"event":"reports","data":${NESTED}}`,
    answer: (text: string) => JSON.parse(text) as unknown,
    isAnswer: () => true,
  },
};

async function answerOf(
  { url }: RunningApplication,
  { path, open, message, answer, isAnswer }: (typeof WIRES)['ws' | 'socket.io'],
): Promise<unknown> {
  const socket = new WebSocket(url.replace('http', 'ws') + path);
  registerCleanup(() => socket.close());
  await once(socket, 'open');
  const answered = new Promise<string>((resolve) => {
    socket.on('message', (data: Buffer) => {
      const text = data.toString();
      if (text.startsWith('40')) socket.send(message);
      if (isAnswer(text)) resolve(text);
    });
  });
  socket.send(open ?? message);
  return answer(await answered);
}

describe.each(GATEWAY_ADAPTERS)('A rejected message over $name', ({ name, start }) => {
  it.each([true, false])(
    'echoes its event name and never its data, with the filter option includeCause: %s',
    async (includeCause) => {
      const filter = new BaseWsExceptionFilter({ includeCause });
      const application = await start(applicationWith(filter));
      expect(await answerOf(application, WIRES[name as keyof typeof WIRES])).toEqual(
        exception('token_missing', 'reports'),
      );
    },
  );
});
