import { once } from 'node:events';
import { connect } from 'node:net';

const OK = 'HTTP/1.1 200 ';
const END_OF_HEADERS = '\r\n\r\n';
const TIMEOUT_MILLISECONDS = 10_000;

/**
 * One keep-alive connection. It sends each request as soon as the one before is answered, in turn those it was given.
 *
 * It works on the bare socket: Node's HTTP client would be as busy as the server under test, and the figures would be its
 * own. Requests are made up front, and answers are only counted: all of a server's have the same length.
 */
export class Connection {
  #socket;
  #requests;
  #next = 0;
  #received = 0;
  #answerLength;
  #onAnswer;

  /** @param requests whole HTTP requests */
  static async open(port, requests) {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect');
    return new Connection(socket, requests);
  }

  constructor(socket, requests) {
    this.#socket = socket;
    this.#requests = requests;
    socket.on('data', (chunk) => this.#receive(chunk));
    socket.setTimeout(TIMEOUT_MILLISECONDS, () => {
      socket.destroy(new Error('The server has stopped to answer.'));
    });
  }

  /**
   * Sends requests until told to stop.
   *
   * @param onAnswer is called with the milliseconds that the answer took; `false` stops
   */
  run(onAnswer) {
    return new Promise((resolve, reject) => {
      this.#socket.once('error', reject);
      this.#socket.once('close', () => reject(new Error('The server has closed a connection.')));
      let sentAt = 0;
      const send = () => {
        sentAt = performance.now();
        this.#socket.write(this.#requests[this.#next]);
        this.#next = (this.#next + 1) % this.#requests.length;
      };
      this.#onAnswer = () => {
        if (onAnswer(performance.now() - sentAt)) send();
        else resolve();
      };
      send();
    });
  }

  close() {
    this.#socket.destroy();
  }

  #receive(chunk) {
    if (this.#received === 0) {
      const status = chunk.latin1Slice(0, OK.length);
      if (status !== OK) {
        this.#socket.destroy(new Error(`The server answered: ${chunk.latin1Slice()}`));
        return;
      }
      this.#answerLength ??= readAnswerLength(chunk);
    }
    this.#received += chunk.length;
    if (this.#received < this.#answerLength) return;
    this.#received = 0;
    this.#onAnswer();
  }
}

/** Headers and body. The small answers of the benchmark come with all their headers in the first chunk. */
function readAnswerLength(chunk) {
  const head = chunk.latin1Slice(0, chunk.indexOf(END_OF_HEADERS) + END_OF_HEADERS.length);
  const contentLength = /\r\nContent-Length: (\d+)\r\n/i.exec(head)?.[1];
  if (contentLength === undefined) throw new Error(`An answer without a length: ${head}`);
  return head.length + Number(contentLength);
}
