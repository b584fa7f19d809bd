import { stopLogClock } from '../../support/fake-timers.js';
import { API_KEY } from '../../support/project.js';
import { PropelAuthServer, type Answer } from '../../support/propelauth-server.js';
import { RecordingLogger } from '../../support/recording-logger.js';
import { ANSWER_NAMES, answerNamed, SECRET_OF_ANSWER, takeDown } from './answers.js';
import { apiKey } from './api-key.js';
import type { Outcome, Question } from './question.js';
import { verificationKey, verificationKeyAgain } from './verification-key.js';

/** What PropelAuth is asked, with what comes of each answer; the other files of this folder have one or two each. */
const QUESTIONS: readonly Question[] = [verificationKey, verificationKeyAgain, apiKey];

describe.each(QUESTIONS)('If PropelAuth is asked about $name, and answers with', (question) => {
  const { good, outcomes, further = [] } = question;
  const rows = [
    ...ANSWER_NAMES.map((name) => [name, () => answerNamed(name, good), outcomes[name]] as const),
    ...further.map(([what, answer, ...outcome]) => [what, () => answer, outcome] as const),
  ];

  it.each<readonly [string, () => Answer | undefined, Outcome]>(rows)(
    '%s',
    async (_what, answerOf, [caller, ...logged]) => {
      stopLogClock();
      const propelAuth = await PropelAuthServer.start();
      const log = new RecordingLogger();
      let questions = 0;
      const answer = async () => {
        questions = propelAuth.requests.length;
        const given = answerOf();
        if (given === undefined) await takeDown();
        else propelAuth.answers(given);
      };
      expect(await question.ask({ propelAuth, log, answer })).toBe(caller);
      expect([...log.of('error'), ...log.of('warn')]).toEqual(
        logged.map((part) => expect.stringContaining(part)),
      );
      expect(log.text).not.toMatch(new RegExp(`${SECRET_OF_ANSWER}|${API_KEY}`));
      // A redirect is not followed, and no question is asked again.
      expect(propelAuth.requests.length - questions).toBeLessThanOrEqual(1);
    },
  );
});
