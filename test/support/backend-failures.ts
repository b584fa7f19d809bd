import { API_KEY } from './project.js';
import type { Answer } from './propelauth-server.js';

/** PropelAuth hangs up without an answer. */
export const loseConnection: Answer = (asked) => void asked.socket.destroy();

/**
 * How a call of PropelAuth's backend can fail, with the status and the text that a client is to be answered with. The answers hold
 * what no client and no log may see.
 */
export const BACKEND_FAILURES: [what: string, answer: Answer, status: number, text: string][] = [
  ['a rejection', { status: 400, body: { email: [API_KEY] } }, 400, 'Bad Request'],
  ['a limit without a wait', { status: 429, body: API_KEY }, 429, 'Too Many Requests'],
  ['a wrong key', { status: 401, body: API_KEY }, 500, 'Internal Server Error'],
  ['a failure', { status: 500, body: API_KEY }, 502, 'Bad Gateway'],
  ['a broken connection', loseConnection, 503, 'Service Unavailable'],
];
