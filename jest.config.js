import { run, shared } from './test/runner/jest.shared.js';

/** Set by `npm run test:thorough`; see test/support/thorough.ts. */
const IS_THOROUGH = process.env.THOROUGH === 'true';

/** In `npm test`, attacks are tried over Express alone. */
const WITHOUT_ATTACKS = '(?<!attacks)\\.adapters\\.spec\\.ts$';

/** The suites whose answers could differ between HTTP adapters; `HTTP_ADAPTER` is read by test/support/application.ts. */
function overAdapter(adapter, testRegex = '\\.adapters\\.spec\\.ts$') {
  return {
    ...shared,
    displayName: adapter,
    testRegex,
    globals: { HTTP_ADAPTER: adapter },
  };
}

/** @type {import('jest').Config} */
export default {
  ...run,
  projects: [
    {
      ...shared,
      displayName: 'once',
      testRegex: '(?<!\\.(adapters|redis))\\.spec\\.ts$',
      testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/docs/'],
    },
    overAdapter('express'),
    overAdapter('fastify', IS_THOROUGH ? undefined : WITHOUT_ATTACKS),
  ],
};
