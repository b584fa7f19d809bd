import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { shared } from './jest.config.js';
import { chosenPart } from './test/mutation/parts.mjs';

const require = createRequire(import.meta.url);

/** The suites that Stryker runs with each mutant, over Express alone. @type {import('jest').Config} */
export default {
  ...shared,
  rootDir: import.meta.dirname,
  testRunner: '<rootDir>/test/mutation/open-suite.cjs',
  testTimeout: 10_000,
  moduleNameMapper: {
    ...shared.moduleNameMapper,
    // Stryker's copies of the repository are inside of it, and have no node_modules of their own.
    '^@rekog/mcp-nest$': join(
      dirname(require.resolve('@rekog/mcp-nest/package.json')),
      'src/index.ts',
    ),
  },
  globals: { HTTP_ADAPTER: 'express' },
  testPathIgnorePatterns: ['\\.redis\\.spec\\.ts$', '/(under-load|memory|floods)\\.spec\\.ts$'],
  testMatch: chosenPart().suites.map((suites) => `<rootDir>/${suites}`),
};
