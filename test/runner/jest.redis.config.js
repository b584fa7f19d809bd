import { run, shared } from './jest.shared.js';

/**
 * The suites that need a redis-server, which they start themselves; `npm test` leaves them out.
 *
 * @type {import('jest').Config}
 */
export default { ...shared, ...run, testRegex: '\\.redis\\.spec\\.ts$' };
