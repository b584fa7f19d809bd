import { once } from 'node:events';
import { importPackage } from '../under-test/root.mjs';

/** Connects to the gateway of a server, and asks it one thing after the other. */
export async function connect(server, port, headers) {
  return server === 'ws' ? connectNative(port, headers) : connectSocketIo(port, headers);
}

async function connectNative(port, headers) {
  const { default: WebSocket } = await importPackage('ws');
  const socket = new WebSocket(`ws://127.0.0.1:${port}`, { headers });
  await once(socket, 'open');
  const ask = async () => {
    socket.send(JSON.stringify({ event: 'me', data: {} }));
    const [data] = await once(socket, 'message');
    assertReached(String(data));
  };
  return { ask, close: () => socket.close() };
}

async function connectSocketIo(port, headers) {
  const { io } = await importPackage('socket.io-client');
  const socket = io(`http://127.0.0.1:${port}`, {
    transports: ['websocket'],
    extraHeaders: headers,
    reconnection: false,
    forceNew: true,
  });
  await new Promise((resolve) => socket.once('connect', resolve));
  const ask = async () => assertReached(await socket.timeout(5_000).emitWithAck('me', {}));
  return { ask, close: () => socket.close() };
}

function assertReached(answer) {
  if (!String(answer).includes('reached')) throw new Error(`The gateway answered ${answer}`);
}
