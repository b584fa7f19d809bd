import { chosenPart } from './test/mutation/parts.mjs';

const { name, code } = chosenPart();

/** Use `npm run test:mutation`, which also compares what survives. @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  plugins: [new URL('test/mutation/test-runner.mjs', import.meta.url).pathname],
  testRunner: 'loaded-suites',
  testRunnerNodeArgs: [
    '--disable-warning=ExperimentalWarning',
    '--experimental-vm-modules',
    '--max-old-space-size=5000',
  ],
  coverageAnalysis: 'perTest',
  // SWC checks no types, and a suite compares a source with the page that shows it.
  disableTypeChecks: false,
  mutate: [...code, '!lib/**/*.spec.ts'],
  ignorePatterns: ['bench', 'docs/api', 'reports', 'test/{browser,compat,recipes}'],
  // In milliseconds: more than the test runner takes for a mutant that does not make anything hang.
  timeoutMS: 90_000,
  dryRunTimeoutMinutes: 30,
  tempDirName: '.stryker-tmp',
  reporters: ['json', 'html', 'progress-append-only'],
  jsonReporter: { fileName: `reports/mutation/${name}.json` },
  htmlReporter: { fileName: `reports/mutation/${name}.html` },
};
