import { Outage } from '../../values/outage.js';
import { Rejection } from '../../rejections/rejection.js';

/** The outcome of calls while PropelAuth does not respond, for log lines. */
export const BACKEND_OUTCOME =
  'calls with API keys or step-up grants, and calls of users whose access has changed, return 503';

/** Logs when PropelAuth stops responding to requests that decide access, and when it responds again. */
export class BackendOutages {
  private readonly outage: Outage;

  /**
   * @param outcome what happens to calls, for the log
   * @param end the log line when PropelAuth responds again
   */
  constructor(
    private readonly outcome = BACKEND_OUTCOME,
    end = 'PropelAuth responds again to requests about API keys, step-up grants and users.',
  ) {
    this.outage = new Outage(end);
  }

  /** Sends a request to PropelAuth, and records the outcome. */
  async watch<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    try {
      const answer = await ask();
      this.outage.noteSuccess();
      return answer;
    } catch (error) {
      if (isOutage(error)) {
        this.outage.noteFailure(`${error.message}, so ${this.outcome}.`);
      } else {
        this.outage.noteSuccess();
      }
      throw error;
    }
  }
}

function isOutage(error: unknown): error is Rejection {
  return error instanceof Rejection && error.reason === 'propelauth_unavailable';
}
