import { Logger, type ExecutionContext } from '@nestjs/common';
import { stopLogClock } from '../../test/support/fake-timers.js';
import { RecordingLogger } from '../../test/support/recording-logger.js';
import { exceptionForUnguarded, exceptionForUntraceable } from './unguarded-calls.js';

const replaced = (className: string) => `${className} replaces a method`;
const dropped = (className: string) => `Nest does not call guard classes for ${className}`;

class Reports {}
const context = {
  getClass: () => Reports,
  getHandler: () => replaced,
} as unknown as ExecutionContext;

function recordLog(): RecordingLogger {
  stopLogClock();
  const logger = new RecordingLogger();
  Logger.overrideLogger(logger);
  return logger;
}

describe('A call that cannot be decided', () => {
  it('is logged once a minute for each class and cause', () => {
    const logger = recordLog();
    for (const describeCause of [replaced, dropped, replaced, dropped]) {
      expect(exceptionForUnguarded(context, describeCause).getStatus()).toBe(500);
    }
    expect(logger.of('error')).toEqual([
      expect.stringContaining('Reports replaces a method'),
      expect.stringContaining('Nest does not call guard classes for Reports'),
    ]);
  });

  it('is logged with the way out for a function that cannot be traced to a method', () => {
    const logger = recordLog();
    expect(exceptionForUntraceable(context).getStatus()).toBe(500);
    expect(logger.of('error')).toEqual([
      expect.stringContaining(
        'Reports replaces one of its methods with another function, so its access rules are unknown and its calls return 500. ' +
          'Remove this.method = this.method.bind(this) from the constructor.',
      ),
    ]);
  });
});
