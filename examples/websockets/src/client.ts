import { io, type Socket } from 'socket.io-client';

/** Connects as the user of an access token. The gateway disconnects clients without a valid one. */
export function connect(url: string, token?: string): Socket {
  return io(url, { auth: { token }, forceNew: true });
}

/** Sends a message. Resolves with the response, or with the error of the guard. */
export function send(socket: Socket, event: string, data: object = {}): Promise<unknown> {
  return new Promise((resolve) => {
    socket.once(event, resolve);
    socket.once('exception', resolve);
    socket.emit(event, data);
  });
}
