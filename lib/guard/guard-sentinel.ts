import { Logger, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { findDecision } from '../decision/decision.js';
import { GuardLostException } from '../refusals/guard-lost.exception.js';

/**
 * Stands behind the guard wherever that was put, and rejects calls that have passed without it. Nest leaves out a guard that is a
 * class when it finds no instance of it, without a word; this is an object, and always called.
 */
export const guardSentinel: CanActivate = Object.freeze({
  canActivate(context: ExecutionContext): true {
    if (findDecision(context) !== undefined) return true;
    const type = context.getClass();
    if (!reported.has(type)) {
      reported.add(type);
      new Logger('PropelAuth').error(
        `Nest calls no guard class for ${type.name}.${context.getHandler().name}, so that its calls are rejected with 500. ` +
          'Provide the class itself, as in providers: [ReportsResolver], and not by useFactory or useValue.',
      );
    }
    throw new GuardLostException();
  },
});

/** The classes that the log has been told of: once each, however many calls there are. */
const reported = new WeakSet<object>();
