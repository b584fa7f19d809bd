import { connect } from 'node:net';

/** What came back over a connection: the status of the last answer, and everything as text. */
export interface RawAnswer {
  readonly status: number | 'closed';
  readonly text: string;
}

/** Sends a text as it is, byte by byte, and reads until the server ends the connection. */
export function sendRaw(url: string, text: string): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    let received = '';
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => (received += chunk));
    // A server that has read enough ends the connection while the rest is still being sent.
    socket.on('error', () => {});
    socket.on('close', () => resolve({ status: lastStatus(received), text: received }));
    socket.write(text, 'utf8');
  });
}

function lastStatus(text: string): number | 'closed' {
  const last = [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].at(-1);
  return last === undefined ? 'closed' : Number(last[1]);
}
