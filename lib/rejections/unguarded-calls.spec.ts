import { Logger, type ExecutionContext } from '@nestjs/common';
import { stopLogClock } from '../../test/support/fake-timers.js';
import { RecordingLogger } from '../../test/support/recording-logger.js';
import { exceptionForUnguarded } from './unguarded-calls.js';

const replaced = (className: string) => `${className} replaces a method`;
const dropped = (className: string) => `Nest does not call guard classes for ${className}`;

describe('A call that cannot be decided', () => {
  it('is logged once a minute for each class and cause', () => {
    stopLogClock();
    const logger = new RecordingLogger();
    Logger.overrideLogger(logger);
    class Reports {}
    const context = {
      getClass: () => Reports,
      getHandler: () => replaced,
    } as unknown as ExecutionContext;
    for (const describeCause of [replaced, dropped, replaced, dropped]) {
      expect(exceptionForUnguarded(context, describeCause).getStatus()).toBe(500);
    }
    expect(logger.of('error')).toEqual([
      expect.stringContaining('Reports replaces a method'),
      expect.stringContaining('Nest does not call guard classes for Reports'),
    ]);
  });
});
