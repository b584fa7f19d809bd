import { Logger } from '@nestjs/common';
import { RecordingLogger } from '../../test/support/recording-logger.js';
import { ApplicationFailures } from './application-failures.js';

const logger = new RecordingLogger();
beforeAll(() => Logger.overrideLogger(logger));
beforeEach(() => void logger.lines.splice(0));

describe('What the application throws about a credential', () => {
  it('is a 500 with the error as its cause, which names nothing', () => {
    const thrown = new Error('no caller for SECRET');
    const exception = new ApplicationFailures().report('identify() failed', thrown);
    expect(exception.getResponse()).toMatchObject({
      statusCode: 500,
      message: 'Internal server error',
    });
    expect(exception.cause).toBe(thrown);
  });

  it('is logged once a minute, with its stack and without its message', () => {
    const failures = new ApplicationFailures();
    for (let count = 0; count < 3; count++) {
      failures.report('identify() failed', new TypeError('no caller for SECRET'));
    }
    expect(logger.of('error')).toEqual([
      expect.stringMatching(
        /^identify\(\) failed\. The calls get 500\. TypeError\n\s+at .*application-failures\.spec/,
      ),
    ]);
    expect(logger.text).not.toContain('SECRET');
  });
});
