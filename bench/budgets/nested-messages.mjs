/** Whether an application survives 60 KB of arrays nested 30,000 deep, which no serializer gets through. */
import { once } from 'node:events';
import {
  announce,
  decorate,
  load,
  propelAuth,
  report,
  scenarioArguments,
  start,
} from './build-under-test.mjs';

const { UseFilters } = await load('@nestjs/common');
const { BaseWsExceptionFilter, SubscribeMessage, WebSocketGateway } =
  await load('@nestjs/websockets');
const { WsAdapter } = await load('@nestjs/platform-ws');
const { WebSocket } = await load('ws');

const NESTED = '['.repeat(30_000) + ']'.repeat(30_000);

/** How a client of each adapter opens a connection and sends a message. */
const WIRES = {
  'socket.io': {
    path: '/socket.io/?EIO=4&transport=websocket',
    open: '40',
    message: (event, data) => `42["${event}",${data}]`,
  },
  ws: { path: '/', message: (event, data) => `{"event":"${event}","data":${data}}` },
};

const [name, includeCause] = scenarioArguments;

class ReportsGateway {
  reports() {}

  alive() {
    return { event: 'alive', data: 'yes' };
  }
}
decorate(ReportsGateway, 'reports', propelAuth.RequireUser(), SubscribeMessage('reports'));
decorate(ReportsGateway, 'alive', propelAuth.Public(), SubscribeMessage('alive'));
UseFilters(new BaseWsExceptionFilter({ includeCause: includeCause === 'true' }))(ReportsGateway);
WebSocketGateway()(ReportsGateway);

const about = `30,000 nested arrays over ${name}, includeCause: ${includeCause}`;
announce(about);
const port = await start({
  providers: [ReportsGateway],
  prepare: (app) => name === 'ws' && app.useWebSocketAdapter(new WsAdapter(app)),
});

const { path, open, message } = WIRES[name];
const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`);
socket.on('message', (data) => {
  const text = data.toString();
  if (text.startsWith('40')) sendMessages();
  if (text.includes('yes')) report({ [about]: 'survives' });
});
await once(socket, 'open');
if (open === undefined) sendMessages();
else socket.send(open);

function sendMessages() {
  socket.send(message('reports', NESTED));
  socket.send(message('alive', '{}'));
}
