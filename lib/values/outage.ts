import { OutageLog } from './outage-log.js';

/** The description of an outage, and its start. */
export interface Failure {
  readonly message: string;
  readonly since: Date;
}

/** Tracks whether a service works, for the log and for health checks. */
export class Outage {
  private readonly log: OutageLog;
  /** `undefined` while the service works. */
  failure: Failure | undefined;

  /**
   * @param consequence the effect on users, for the log
   * @param end the log line when the service works again
   */
  constructor(
    private readonly consequence: string,
    end: string,
  ) {
    this.log = new OutageLog(end);
  }

  noteFailure(message: string): void {
    this.failure = { message, since: this.failure?.since ?? new Date() };
    this.log.noteFailure(`${message}. ${this.consequence}`);
  }

  noteSuccess(): void {
    this.failure = undefined;
    this.log.noteSuccess();
  }
}
