import { OutageLog } from '../values/outage-log.js';
import { Refusal } from '../refusals/refusal.js';

/** Logs when PropelAuth stops answering what decides access, and when it answers again. */
export class BackendOutages {
  private readonly log: OutageLog;

  /**
   * @param consequence what follows for users, for the log
   * @param end what is logged when PropelAuth answers again
   */
  constructor(
    private readonly consequence = 'Calls with API keys or step-up grants, and calls of users whose access has changed, return 503.',
    end = 'PropelAuth responds again to requests about API keys, step-up grants and users.',
  ) {
    this.log = new OutageLog(end);
  }

  /** Asks PropelAuth, and notices how that ends. */
  async watch<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    try {
      const answer = await ask();
      this.log.noteSuccess();
      return answer;
    } catch (error) {
      if (isOutage(error)) {
        this.log.noteFailure(`${error.message}. ${this.consequence}`);
      } else {
        this.log.noteSuccess();
      }
      throw error;
    }
  }
}

function isOutage(error: unknown): error is Refusal {
  return error instanceof Refusal && error.reason === 'propelauth_unavailable';
}
