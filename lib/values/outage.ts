import { Logger } from '@nestjs/common';
import { LimitedLog } from './limited-log.js';

/** The description of an outage, and its start. */
export interface Failure {
  readonly message: string;
  readonly since: Date;
}

/**
 * Tracks whether something works, for the log and for health checks. Logs one warning when it stops working, and one line when it works
 * again, however many calls fail. If the limit of the log suppresses the warning, every failure tries again, so that every outage of a
 * minute is logged. The end is logged only if the beginning was.
 */
export class Outage {
  private readonly logger = new Logger('PropelAuth');
  private readonly warnings = new LimitedLog();
  private isLogged = false;
  /** `undefined` while it works. */
  failure: Failure | undefined;

  /** @param end the log line when it works again. Default: none, for what may fail in one way and work in another */
  constructor(private readonly end?: string) {}

  /**
   * @param message what fails
   * @param consequence the effect on users, for the log alone. Default: none
   */
  noteFailure(message: string, consequence?: string): void {
    this.failure = { message, since: this.failure?.since ?? new Date() };
    if (this.isLogged) return;
    this.isLogged = this.warnings.warn(consequence ? `${message}. ${consequence}` : message);
  }

  noteSuccess(): void {
    this.failure = undefined;
    if (this.isLogged && this.end !== undefined) this.logger.log(this.end);
    this.isLogged = false;
  }
}
