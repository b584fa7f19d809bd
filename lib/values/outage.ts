import { OutageLog } from './outage-log.js';

/** What does not work, and since when. */
export interface Failure {
  readonly message: string;
  readonly since: Date;
}

/** Whether something works: for the log, and for whoever asks. */
export class Outage {
  private readonly log: OutageLog;
  /** `undefined` while it works. */
  failure: Failure | undefined;

  /**
   * @param consequence what follows for users, for the log
   * @param end what is logged when it works again
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
