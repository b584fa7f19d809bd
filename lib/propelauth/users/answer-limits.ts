/** How long answers about users are used. */
export const ANSWER_LIMITS = {
  /** How long PropelAuth may still answer with the state before a change. An answer to a later question is settled. */
  settleSeconds: 2,
  /** How long a settled answer is used. */
  freshSeconds: 30,
  /** How long an answer that is not settled is used. If PropelAuth's first answer lags behind the event, old access lasts this long. */
  provisionalSeconds: 0.5,
  /**
   * How long an answer that is not settled is used by the calls that waited for it. With `settleSeconds`, old access ends three seconds
   * after the event.
   */
  awaitedSeconds: 1,
};

export type AnswerLimits = Readonly<typeof ANSWER_LIMITS>;
