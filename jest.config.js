import { availableParallelism } from 'node:os';

/** In milliseconds. Jest takes it for all projects, and from none of them. */
export const TEST_TIMEOUT = 30_000;

/** What all projects share. */
export const shared = {
  // One folder for what they have compiled.
  id: 'nestjs-propelauth',
  testEnvironment: '<rootDir>/test/support/suite-environment.cjs',
  roots: ['<rootDir>/lib', '<rootDir>/test', '<rootDir>/sample-app'],
  // Applications of their own, with what they import installed elsewhere.
  modulePathIgnorePatterns: ['<rootDir>/test/(compat|tenancy)/'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    // The package under its own name is the source, so that no test needs a build.
    '^nestjs-propelauth$': '<rootDir>/lib/index.ts',
    '^nestjs-propelauth/(.*)$': '<rootDir>/lib/$1/index.ts',
    '^content-disposition$': '<rootDir>/test/support/content-disposition.cjs',
    // The sources are published with it; what is compiled requires ES modules, as content-disposition is one.
    '^@rekog/mcp-nest$': '<rootDir>/node_modules/@rekog/mcp-nest/src/index.ts',
    // Sources import each other as the compiled files will be called.
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  transformIgnorePatterns: ['/node_modules/(?!@rekog/mcp-nest/src/)'],
  transform: {
    '/@rekog/mcp-nest/src/': '<rootDir>/test/support/mcp-nest-sources.cjs',
    '^.+\\.ts$': [
      '<rootDir>/test/support/shared-transformer.cjs',
      { useESM: true, tsconfig: '<rootDir>/tsconfig.json' },
    ],
  },
  // reflect-metadata first, as in the main.ts of every Nest application.
  setupFiles: ['reflect-metadata', '<rootDir>/test/support/cache-folder.ts'],
  setupFilesAfterEnv: ['<rootDir>/test/support/clean-up.ts'],
};

/** The suites whose answers could differ between HTTP adapters; `HTTP_ADAPTER` is read by test/support/application.ts. */
function overAdapter(adapter) {
  return {
    ...shared,
    displayName: adapter,
    testRegex: '\\.adapters\\.spec\\.ts$',
    globals: { HTTP_ADAPTER: adapter },
  };
}

/** @type {import('jest').Config} */
export default {
  // ES modules stay in memory for as long as the process that loaded them, and each suite loads Nest anew: workers are replaced before
  // that slows them down. With one worker, Jest would run everything in its own process.
  maxWorkers: Math.max(2, availableParallelism() - 1),
  workerIdleMemoryLimit: '1GB',
  // Machines are shared, and some suites do a thing thousands of times: a test that hangs is found all the same.
  testTimeout: TEST_TIMEOUT,
  projects: [
    { ...shared, displayName: 'once', testRegex: '(?<!\\.(adapters|redis))\\.spec\\.ts$' },
    overAdapter('express'),
    overAdapter('fastify'),
  ],
};
