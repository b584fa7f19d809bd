import { InternalServerErrorException } from '@nestjs/common';
import { LimitedLog } from '../values/limited-log.js';
import { loggableFrames } from '../values/loggable.js';

/**
 * Turns what is wrong with the application's own code about a credential into a response. The problem is logged here, at most once a minute:
 * Nest would log it for each field of a query, and strangers choose the credentials. The message of an error may quote one, so it is left out.
 */
export class ApplicationFailures {
  private readonly log = new LimitedLog();

  /**
   * @param problem a text of this package
   * @param thrown what the application threw, if it did
   */
  report(problem: string, thrown?: unknown): InternalServerErrorException {
    this.log.error(`${problem}. The calls get 500.`, loggableFrames(thrown));
    return new InternalServerErrorException('Internal server error', { cause: thrown });
  }
}
