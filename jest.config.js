import { availableParallelism } from 'node:os';

/** What all projects share. */
const shared = {
  testEnvironment: 'node',
  testRegex: '\\.spec\\.ts$',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    // The package under its own name is the source, so that no test needs a build.
    '^nestjs-propelauth$': '<rootDir>/lib/index.ts',
    '^nestjs-propelauth/(.*)$': '<rootDir>/lib/$1/index.ts',
    '^content-disposition$': '<rootDir>/test/support/content-disposition.cjs',
    // Sources import each other as the compiled files will be called.
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  transform: { '^.+\\.ts$': ['ts-jest', { useESM: true, tsconfig: '<rootDir>/tsconfig.json' }] },
  // reflect-metadata first, as in the main.ts of every Nest application.
  setupFiles: ['reflect-metadata'],
};

/** The end-to-end suites, over one HTTP adapter; `HTTP_ADAPTER` is read by test/support/application.ts. */
function endToEnd(adapter) {
  return {
    ...shared,
    displayName: adapter,
    roots: [
      '<rootDir>/test/rest',
      '<rootDir>/test/api',
      '<rootDir>/test/swagger',
      '<rootDir>/test/reliability',
      '<rootDir>/test/security',
      '<rootDir>/test/testing',
      '<rootDir>/test/backend',
      // Apollo over Express, Mercurius over Fastify.
      '<rootDir>/test/graphql',
    ],
    globals: { HTTP_ADAPTER: adapter },
  };
}

/** @type {import('jest').Config} */
export default {
  // ES modules stay in memory for as long as the process that loaded them, and each suite loads Nest anew: workers are replaced before
  // that slows them down. With one worker, Jest would run everything in its own process.
  maxWorkers: Math.max(2, availableParallelism() - 1),
  workerIdleMemoryLimit: '1GB',
  projects: [
    { ...shared, displayName: 'lib', roots: ['<rootDir>/lib'] },
    endToEnd('express'),
    endToEnd('fastify'),
    {
      ...shared,
      displayName: 'messages',
      roots: ['<rootDir>/test/websockets', '<rootDir>/test/microservices'],
    },
    { ...shared, displayName: 'comparison', roots: ['<rootDir>/test/comparison'] },
    // With a real redis-server.
    { ...shared, displayName: 'api-keys', roots: ['<rootDir>/test/api-keys'] },
    { ...shared, displayName: 'docs', roots: ['<rootDir>/test/docs', '<rootDir>/test/types'] },
    { ...shared, displayName: 'sample-app', roots: ['<rootDir>/sample-app'] },
  ],
};
