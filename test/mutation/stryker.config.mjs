import { chosenPart } from './parts.mjs';

const { name, code } = chosenPart();

/** Use `npm run test:mutation`, which also compares what survives. @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  plugins: ['test-runner', 'sample'].map(
    (plugin) => new URL(`${plugin}.mjs`, import.meta.url).pathname,
  ),
  testRunner: 'loaded-suites',
  checkers: process.env.MUTATION_SAMPLE === undefined ? [] : ['sample'],
  testRunnerNodeArgs: [
    '--disable-warning=ExperimentalWarning',
    '--experimental-vm-modules',
    '--max-old-space-size=5000',
  ],
  coverageAnalysis: 'perTest',
  // SWC checks no types, and a suite compares a source with the page that shows it.
  disableTypeChecks: false,
  // What decorators say of wrong arguments is compared word by word in one suite, for all of them.
  mutate: [...code, '!lib/**/*.spec.ts', '!lib/**/*.decorator.ts'],
  ignorePatterns: ['bench', 'docs/api', 'reports', 'test/{browser,compat,recipes}'],
  // In milliseconds: more than the test runner takes for a mutant that does not make anything hang.
  timeoutMS: 180_000,
  dryRunTimeoutMinutes: 30,
  tempDirName: '.stryker-tmp',
  reporters: ['json', 'html', 'progress-append-only'],
  jsonReporter: { fileName: `reports/mutation/${name}.json` },
  htmlReporter: { fileName: `reports/mutation/${name}.html` },
};
