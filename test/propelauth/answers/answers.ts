import { registerCleanup } from '../../support/clean-up.js';
import { closedPort } from '../../support/closed-port.js';
import { redirectPropelAuth } from '../../support/propelauth-address.js';
import { API_KEY } from '../../support/project.js';
import type { Answer } from '../../support/propelauth-server.js';
import { hanging } from '../backend/timeouts.js';

/** More than any answer may hold. */
const OVERSIZE = 8 * 1_048_576;

/** What no client and no log may see. */
export const SECRET_OF_ANSWER = 'secret-that-an-answer-holds';

const secrets = { error: `${SECRET_OF_ANSWER} ${API_KEY}` };
const redirect = { location: `https://propelauth-api.com/${SECRET_OF_ANSWER}` };

/** What PropelAuth, or the network before it, can answer to any question; `good` lets the caller in. */
const ANSWERS = {
  good: (good) => ({ status: 200, body: good }),
  'an empty answer': () => ({ status: 200, body: '' }),
  'an empty object': () => ({ status: 200, body: {} }),
  null: () => ({ status: 200, body: 'null' }),
  'a list of it': (good) => ({ status: 200, body: [good] }),
  HTML: () => ({ status: 200, body: `<html>${SECRET_OF_ANSWER}</html>` }),
  'too much': (good) => ({ status: 200, body: JSON.stringify(good).padEnd(OVERSIZE + 1) }),
  'half of it': (good) => interrupted(JSON.stringify(good)),
  'a redirect': () => ({ status: 302, headers: redirect }),
  'status 204': () => ({ status: 204, body: '' }),
  'status 400': () => ({ status: 400, body: secrets }),
  'status 401': () => ({ status: 401, body: secrets }),
  'status 403': () => ({ status: 403, body: secrets }),
  'status 404': () => ({ status: 404, body: secrets }),
  'status 429': () => ({ status: 429, body: secrets }),
  'status 429 with Retry-After': () => ({ status: 429, headers: { 'retry-after': '7' } }),
  'status 500': () => ({ status: 500, body: secrets }),
  'nothing before the deadline': () => hanging(false).answer,
  'nothing but a lost connection': () => (asked) => void asked.socket.destroy(),
  'nothing, as nobody listens': () => undefined,
} satisfies Record<string, (good: object) => Answer | undefined>;

export type AnswerName = keyof typeof ANSWERS;

export const ANSWER_NAMES = Object.keys(ANSWERS) as AnswerName[];

/** The answer of that name to a question with this good one; `undefined` if nobody is to listen. */
export function answerNamed(name: AnswerName, good: object): Answer | undefined {
  return ANSWERS[name](good);
}

/** From now on, nobody listens where PropelAuth is, until the test is over. */
export async function takeDown(): Promise<void> {
  registerCleanup(redirectPropelAuth(`http://127.0.0.1:${await closedPort()}`));
}

function interrupted(text: string): Answer {
  return (_asked, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': text.length });
    response.write(text.slice(0, -1), () => response.destroy());
  };
}
