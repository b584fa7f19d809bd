import { Injectable, Logger, type ExecutionContext } from '@nestjs/common';
import { GuardLostException } from '../refusals/guard-lost.exception.js';

/** Rejects calls of functions that cannot be traced to a method of their class, and says so once for each class. */
@Injectable()
export class UntraceableCalls {
  private readonly logger = new Logger('PropelAuth');
  private readonly reported = new WeakSet<object>();

  exceptionFor(context: ExecutionContext): GuardLostException {
    const type = context.getClass();
    if (!this.reported.has(type)) {
      this.reported.add(type);
      this.logger.error(
        `${type.name} replaces one of its methods by another function, so that its access rules cannot be told and its calls are ` +
          'rejected with 500. Leave the methods in place: remove this.method = this.method.bind(this) from the constructor.',
      );
    }
    return new GuardLostException();
  }
}
