import type { RunningApplication } from '../../support/application.js';
import type { RecordingLogger } from '../../support/recording-logger.js';
import type { Answer, PropelAuthServer } from '../../support/propelauth-server.js';
import type { AnswerName } from './answers.js';

/** What the caller gets, and the warnings and errors that are logged meanwhile: a part of each line. */
export type Outcome = readonly [caller: string, ...logged: string[]];

/** A question that PropelAuth is asked, and what comes of each of its answers. */
export interface Question {
  readonly name: string;
  /** The body of an answer that lets the caller in. */
  readonly good: object;
  readonly outcomes: Readonly<Record<AnswerName, Outcome>>;
  /** Answers that only this question has. */
  readonly further?: readonly (readonly [what: string, answer: Answer, ...outcome: Outcome])[];

  /**
   * Starts an application whose lines go to the log, has PropelAuth answer, and sends the call that causes the question.
   *
   * @param answer has PropelAuth answer from then on
   * @returns what the caller gets, by `whatGot`
   */
  ask(situation: Situation): Promise<string>;
}

/**
 * The outcomes of a question whose unusable answers are all alike. A question says which ones are not.
 *
 * @param caller what the caller gets; where the answer says when to come back, that is added
 * @param invalid what is logged about JSON that answers something else
 */
export function alike(caller: string, invalid: string): Question['outcomes'] {
  const unusable = (why: string): Outcome => [caller, why];
  const notJson = unusable('PropelAuth returned a response that is not JSON');
  const status = (code: number) => unusable(`PropelAuth returned status ${code}`);
  return {
    good: ['200'],
    'an empty answer': notJson,
    'an empty object': unusable(invalid),
    null: unusable(invalid),
    'a list of it': unusable(invalid),
    HTML: notJson,
    'too much': unusable('PropelAuth returned a response that is too long'),
    'half of it': unusable('https://propelauth-api.com cannot be reached (UND_ERR_'),
    'a redirect': status(302),
    'status 204': status(204),
    'status 400': status(400),
    'status 401': status(401),
    'status 403': status(403),
    'status 404': status(404),
    'status 429': [`${caller}, Retry-After: 1`, 'PropelAuth returned status 429'],
    'status 429 with Retry-After': [`${caller}, Retry-After: 7`, 'PropelAuth returned status 429'],
    'status 500': status(500),
    'nothing before the deadline': unusable('https://propelauth-api.com did not respond within'),
    'nothing but a lost connection': unusable('cannot be reached (UND_ERR_SOCKET)'),
    'nothing, as nobody listens': unusable('cannot be reached (ECONNREFUSED)'),
  };
}

/** Where a question is asked. */
export interface Situation {
  readonly propelAuth: PropelAuthServer;
  readonly log: RecordingLogger;
  readonly answer: () => Promise<void>;
}

/** What a caller gets from a path with these headers: `503 propelauth_unavailable, Retry-After: 3`. The body needs `debugMode`. */
export async function whatGets(
  { url }: RunningApplication,
  path: string,
  headers: Record<string, string>,
): Promise<string> {
  const response = await fetch(url + path, { headers });
  const { reason } = (await response.json()) as { reason?: string };
  const retryAfter = response.headers.get('retry-after');
  return [
    response.status,
    reason === undefined ? '' : ` ${reason}`,
    retryAfter === null ? '' : `, Retry-After: ${retryAfter}`,
  ].join('');
}
