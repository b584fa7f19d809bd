import { Logger } from '@nestjs/common';
import { RateLimiter } from '../values/rate-limiter.js';
import { Refusal } from '../refusals/refusal.js';

const BETWEEN_LINES_MILLISECONDS = 60_000;

/**
 * Logs one warning when PropelAuth stops answering what decides access, and one line when it answers again, however many calls notice. Of
 * an outage that comes and goes it logs one a minute, and how many it left out.
 */
export class OutageLog {
  private readonly logger = new Logger('PropelAuth');
  private readonly lines = new RateLimiter(1, BETWEEN_LINES_MILLISECONDS);
  private isOut = false;
  private isLogged = false;
  private leftOut = 0;

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
    this.isLogged = this.lines.take();
    if (!this.isLogged) {
      this.leftOut++;
      return;
    }
    const leftOut = this.leftOut === 0 ? '' : ` ${this.leftOut} more outages were not logged.`;
    this.leftOut = 0;
    this.logger.warn(`${message}. Calls with API keys or step-up grants return 503.${leftOut}`);
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
