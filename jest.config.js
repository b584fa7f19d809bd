/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/lib', '<rootDir>/test', '<rootDir>/sample-app'],
  testRegex: '\\.spec\\.ts$',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    // The package under its own name is the source, so that no test needs a build.
    '^nestjs-propelauth$': '<rootDir>/lib/index.ts',
    // Sources import each other as the compiled files will be called.
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  transform: { '^.+\\.ts$': ['ts-jest', { useESM: true, tsconfig: '<rootDir>/tsconfig.json' }] },
  // reflect-metadata first, as in the main.ts of every Nest application.
  setupFiles: ['reflect-metadata'],
};
