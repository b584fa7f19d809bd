import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { chosenPart } from '../mutation/parts.mjs';
import { SETTINGS } from './compile-sources.mjs';

const require = createRequire(new URL('../mutation/package.json', import.meta.url));

/**
 * The suites that Stryker runs with each mutant, over Express alone. Jest's own module registry loads them, since a mutant in code that runs
 * while it is loaded needs it anew.
 *
 * @type {import('jest').Config}
 */
export default {
  rootDir: resolve(import.meta.dirname, '../..'),
  testEnvironment: 'node',
  testRunner: '<rootDir>/test/mutation/open-suite.cjs',
  testTimeout: 10_000,
  roots: ['<rootDir>/lib', '<rootDir>/test'],
  modulePathIgnorePatterns: ['<rootDir>/test/compat/'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    '^nestjs-propelauth$': '<rootDir>/lib/index.ts',
    '^nestjs-propelauth/(.*)$': '<rootDir>/lib/$1/index.ts',
    '^propelauth-emulator$': '<rootDir>/emulator/src/index.ts',
    // Its sources are published with it. What is compiled requires Nest, which is ES modules.
    '^@rekog/mcp-nest$': join(
      dirname(require.resolve('@rekog/mcp-nest/package.json')),
      'src/index.ts',
    ),
    // Sources import each other as the compiled files will be called.
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  transformIgnorePatterns: ['/node_modules/(?!@rekog/mcp-nest/src/)'],
  transform: { '\\.ts$': [require.resolve('@swc/jest'), SETTINGS] },
  setupFilesAfterEnv: ['<rootDir>/test/mutation/set-up.ts'],
  globals: { HTTP_ADAPTER: 'express' },
  testPathIgnorePatterns: ['\\.redis\\.spec\\.ts$', '/(under-load|memory|floods)\\.spec\\.ts$'],
  testMatch: chosenPart().suites.map((suites) => `<rootDir>/${suites}`),
};
