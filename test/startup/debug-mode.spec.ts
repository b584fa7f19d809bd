import { startGuarded } from '../support/guarded-application.js';
import { API_KEY } from '../support/project.js';
import { RecordingLogger } from '../support/recording-logger.js';

const nodeEnv = process.env.NODE_ENV;
afterEach(() => {
  process.env.NODE_ENV = nodeEnv;
});

describe('At startup', () => {
  it.each([
    ['production', true, 1],
    [' Production ', true, 1],
    ['production', false, 0],
    ['production', undefined, 0],
    ['development', true, 0],
  ])(
    'with NODE_ENV=%s, debugMode: %s is logged as a warning %s times',
    async (environment, debugMode, count) => {
      process.env.NODE_ENV = environment;
      const logger = new RecordingLogger();
      const options = { apiKey: API_KEY, ...(debugMode !== undefined && { debugMode }) };
      await startGuarded({}, options, (app) => app.useLogger(logger));
      expect(logger.of('warn')).toEqual(
        Array(count).fill(
          'debugMode is true with NODE_ENV=production, so error responses tell callers why they were rejected. Remove it: ' +
            'with the emulator and NODE_ENV=development, it is the default. PropelAuth',
        ),
      );
    },
  );
});
