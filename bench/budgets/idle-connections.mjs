/** What 100 idle connections of `ws` hold of the 20 MB that each of them sent. */
import { once } from 'node:events';
import { announce, decorate, load, propelAuth, report, start } from './build-under-test.mjs';

const { SubscribeMessage, WebSocketGateway } = await load('@nestjs/websockets');
const { WsAdapter } = await load('@nestjs/platform-ws');
const { WebSocket } = await load('ws');

const CONNECTIONS = 100;
const MESSAGE = 'a'.repeat(20 * 2 ** 20);

class LargeGateway {
  upload() {
    return { event: 'uploaded' };
  }
}
decorate(LargeGateway, 'upload', propelAuth.OptionalUser(), SubscribeMessage('upload'));
WebSocketGateway({ maxPayload: 30 * 2 ** 20 })(LargeGateway);

const about = '100 idle connections of ws that sent 20 MB each hold';
announce(about);
const port = await start({
  providers: [LargeGateway],
  prepare: (app) => app.useWebSocketAdapter(new WsAdapter(app)),
});

const sockets = [];
for (let index = 0; index < CONNECTIONS; index++) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}`);
  await once(socket, 'open');
  await send(socket, 'upload', 'a');
  sockets.push(socket);
}
const before = await heldMegabytes();
for (const [index, socket] of sockets.entries()) await send(socket, 'upload', `${MESSAGE}${index}`);
report({ [about]: `${((await heldMegabytes()) - before).toFixed(1)} MB` });

/** Sends a message, and waits for what is said of it. */
async function send(socket, event, data) {
  socket.send(JSON.stringify({ event, data }));
  await once(socket, 'message');
}

/** After some collections: what one of them finalizes is garbage to the next. */
async function heldMegabytes() {
  for (let time = 0; time < 10; time++) {
    globalThis.gc();
    await new Promise(setImmediate);
  }
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 2 ** 20;
}
