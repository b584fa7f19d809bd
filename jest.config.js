import { availableParallelism } from 'node:os';

/** Set by `npm run test:thorough`; see test/support/thorough.ts. */
const IS_THOROUGH = process.env.THOROUGH === 'true';

/** In `npm test`, attacks are tried over Express alone. */
const WITHOUT_ATTACKS = '(?<!attacks)\\.adapters\\.spec\\.ts$';

/** What all projects share. */
export const shared = {
  id: 'nestjs-propelauth',
  // Node.js loads the suites: see test/runner/.
  runtime: '<rootDir>/test/runner/process-runtime.cjs',
  testEnvironment: '<rootDir>/test/runner/process-environment.cjs',
  transform: {},
  extensionsToTreatAsEsm: ['.ts'],
  roots: ['<rootDir>/lib', '<rootDir>/emulator/src', '<rootDir>/test', '<rootDir>/sample-app'],
  // What they import is installed in folders of their own.
  modulePathIgnorePatterns: ['<rootDir>/test/(clients|compat|mutation)/'],
  setupFilesAfterEnv: ['<rootDir>/test/support/set-up.ts'],
};

/** What Jest takes for a whole run, and from no project. */
export const run = {
  globalSetup: '<rootDir>/test/runner/compile-sources.mjs',
  // With one worker, Jest would run everything in its own process.
  maxWorkers: Math.max(2, availableParallelism() - 1),
  // A process keeps what its suites have loaded. With a limit, Jest does not run small runs in its own process, either.
  workerIdleMemoryLimit: '2GB',
  // In milliseconds. Machines are shared; a test that hangs is found all the same.
  testTimeout: 30_000,
};

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
