import { shared } from './jest.shared.js';

/**
 * The suites that `npm run test:kills` tries with mutants, over Express alone. Not those that start processes, which load sources of their own,
 * or read the sources' text.
 *
 * @type {import('jest').Config}
 */
export default {
  ...shared,
  testRunner: '<rootDir>/test/mutation/open-suite.cjs',
  testTimeout: 5000,
  roots: ['<rootDir>/lib', '<rootDir>/test'],
  globals: { HTTP_ADAPTER: 'express' },
  testMatch: ['**/*.spec.ts'],
  testPathIgnorePatterns: [
    '/node_modules/',
    '\\.redis\\.spec\\.ts$',
    '/(under-load|memory|floods)\\.spec\\.ts$',
    '/test/(docs|emulator|types|schematics|recipes)/',
  ],
};
