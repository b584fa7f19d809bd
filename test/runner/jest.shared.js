import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';

/** What all projects share. */
export const shared = {
  id: 'nestjs-propelauth',
  rootDir: resolve(import.meta.dirname, '../..'),
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
