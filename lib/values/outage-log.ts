import { Logger } from '@nestjs/common';
import { LimitedLog } from './limited-log.js';

/**
 * Logs one warning when something stops working, and one line when it works again, however many calls notice. A warning that the limit
 * leaves out is tried again at each failure, so that every outage is logged that lasts for a minute. The end of an outage is logged if its
 * beginning was.
 */
export class OutageLog {
  private readonly logger = new Logger('PropelAuth');
  private readonly warnings = new LimitedLog();
  private isLogged = false;

  /** @param end what is logged when it works again. Default: nothing, for what may fail in one way and work in another */
  constructor(private readonly end?: string) {}

  /** @param warning what is logged, unless the outage is logged already */
  noteFailure(warning: string): void {
    if (!this.isLogged) this.isLogged = this.warnings.warn(warning);
  }

  noteSuccess(): void {
    if (this.isLogged && this.end !== undefined) this.logger.log(this.end);
    this.isLogged = false;
  }
}
