import { Logger } from '@nestjs/common';
import { LimitedLog } from '../values/limited-log.js';
import { Refusal } from '../refusals/refusal.js';

/**
 * Logs one warning when PropelAuth stops answering what decides access, and one line when it answers again, however many calls notice.
 */
export class OutageLog {
  private readonly logger = new Logger('PropelAuth');
  private readonly warnings = new LimitedLog();
  private isOut = false;
  private isLogged = false;

  /** Asks PropelAuth, and notices how that ends. */
  async watch<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    try {
      const answer = await ask();
      this.end();
      return answer;
    } catch (error) {
      if (isOutage(error)) this.begin(error);
      else this.end();
      throw error;
    }
  }

  private begin({ message }: Error): void {
    if (this.isOut) return;
    this.isOut = true;
    this.isLogged = this.warnings.warn(
      `${message}. Calls with API keys or step-up grants return 503.`,
    );
  }

  private end(): void {
    if (this.isOut && this.isLogged) {
      this.logger.log('PropelAuth answers questions about API keys and step-up grants again.');
    }
    this.isOut = false;
  }
}

function isOutage(error: unknown): error is Refusal {
  return error instanceof Refusal && error.reason === 'propelauth_unavailable';
}
