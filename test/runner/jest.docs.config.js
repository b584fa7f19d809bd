import { run, shared } from './jest.shared.js';

/**
 * The suites about pages, examples, scripts and workflows, which `npm test` leaves out.
 *
 * @type {import('jest').Config}
 */
export default { ...shared, ...run, testMatch: ['<rootDir>/test/docs/*.spec.ts'] };
