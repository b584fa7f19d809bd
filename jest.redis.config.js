import { shared, TEST_TIMEOUT } from './jest.config.js';

/**
 * The suites that need a redis-server, which they start themselves; `npm test` leaves them out.
 *
 * @type {import('jest').Config}
 */
export default {
  ...shared,
  testRegex: '\\.redis\\.spec\\.ts$',
  testTimeout: TEST_TIMEOUT,
};
