import { once } from 'node:events';
import { connect } from 'node:net';

const OK = 'HTTP/1.1 200 ';
const END_OF_HEADERS = '\r\n\r\n';
const TIMEOUT_MILLISECONDS = 10_000;

/**
 * Keeps a server busy over one keep-alive connection. It sends the requests in turn, each as soon as the previous one has its response.
 *
 * It works on the bare socket, because Node's HTTP client would be as busy as the server under test. Requests are prepared, and responses
 * are only counted: all responses of a server have the same length.
 *
 * @param requests whole HTTP requests
 * @param onResponse is called for each response; `false` ends
 */
export async function sendRequests(port, requests, onResponse) {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  socket.setTimeout(TIMEOUT_MILLISECONDS, () => {
    socket.destroy(new Error('The server has stopped responding.'));
  });
  let isBusy = true;
  let next = 0;
  const send = () => {
    socket.write(requests[next]);
    next = (next + 1) % requests.length;
  };
  let received = 0;
  let responseLength;
  socket.on('connect', send);
  socket.on('data', (chunk) => {
    if (received === 0) responseLength ??= readResponseLength(chunk);
    received += chunk.length;
    if (received < responseLength) return;
    received = 0;
    isBusy = onResponse();
    if (isBusy) send();
    else socket.destroy();
  });
  await once(socket, 'close');
  if (isBusy) throw new Error('The server has closed a connection.');
}

/** The length of headers and body. The headers are small, so all of them arrive in the first chunk. */
function readResponseLength(chunk) {
  const head = chunk.latin1Slice(0, chunk.indexOf(END_OF_HEADERS) + END_OF_HEADERS.length);
  const contentLength = /\r\nContent-Length: (\d+)\r\n/i.exec(head)?.[1];
  if (!head.startsWith(OK) || contentLength === undefined) {
    throw new Error(`The server responded: ${chunk.latin1Slice()}`);
  }
  return head.length + Number(contentLength);
}
