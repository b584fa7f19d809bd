import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { registerCleanup } from '../../support/clean-up.js';

/** The opcode of a close frame (RFC 6455, section 5.2). */
export const CLOSE = 8;

/** A client of graphql-ws that answers no close frame, as none of the libraries would do. */
export class DeafClient {
  /** The opcodes of what the server has sent. */
  readonly frames: number[] = [];
  isClosed = false;
  private received = Buffer.alloc(0);

  private constructor(private readonly socket: Socket) {
    registerCleanup(() => socket.destroy());
    socket.on('data', (data) => this.read(data));
    // The server terminates the connection.
    socket.on('error', () => {});
    socket.on('close', () => (this.isClosed = true));
  }

  static async connect(url: string): Promise<DeafClient> {
    const opening = request(`${url}/graphql`, {
      headers: {
        Connection: 'Upgrade',
        Upgrade: 'websocket',
        'Sec-WebSocket-Version': '13',
        'Sec-WebSocket-Key': Buffer.alloc(16).toString('base64'),
        'Sec-WebSocket-Protocol': 'graphql-transport-ws',
      },
    });
    opening.end();
    const [, socket, head] = (await once(opening, 'upgrade')) as [IncomingMessage, Socket, Buffer];
    const client = new DeafClient(socket);
    client.read(head);
    return client;
  }

  /** Sends a text frame, masked with zeros. */
  send(message: object): void {
    const payload = Buffer.from(JSON.stringify(message));
    const head = Buffer.from([0x81, 0x80 | 126, payload.length >> 8, payload.length & 0xff]);
    this.socket.write(Buffer.concat([head, Buffer.alloc(4), payload]));
  }

  disconnect(): void {
    this.socket.destroy();
  }

  private read(data: Buffer): void {
    this.received = Buffer.concat([this.received, data]);
    for (;;) {
      const [first = 0, short = 0] = this.received;
      const [length, start] = short === 126 ? [this.received.readUInt16BE(2), 4] : [short, 2];
      if (this.received.length < 2 || this.received.length < start + length) return;
      this.frames.push(first & 0x0f);
      this.received = this.received.subarray(start + length);
    }
  }
}
