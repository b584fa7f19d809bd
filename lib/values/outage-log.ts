import { Logger } from '@nestjs/common';
import { LimitedLog } from './limited-log.js';

/**
 * Logs one warning when something stops working, and one line when it works again, however many calls fail. If the limit of the log
 * suppresses the warning, every failure tries again, so that every outage of a minute is logged. The end is logged only if the beginning
 * was.
 */
export class OutageLog {
  private readonly logger = new Logger('PropelAuth');
  private readonly warnings = new LimitedLog();
  private isLogged = false;

  /** @param end the log line when it works again. Default: none, for what may fail in one way and work in another */
  constructor(private readonly end?: string) {}

  /** @param warning the log line, unless the outage is already logged */
  noteFailure(warning: string): void {
    if (!this.isLogged) this.isLogged = this.warnings.warn(warning);
  }

  noteSuccess(): void {
    if (this.isLogged && this.end !== undefined) this.logger.log(this.end);
    this.isLogged = false;
  }
}
