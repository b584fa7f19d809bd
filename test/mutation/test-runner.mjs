/*
 * The test runner of Stryker for this package. Stryker's own for Jest loads each suite again for each mutant, which would take days here.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { declareFactoryPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import { DryRunStatus, MutantRunStatus, TestStatus } from '@stryker-mutator/api/test-runner';
import { CoverageIndex, summaryOf } from './coverage.mjs';
import { Suites } from './suites.mjs';

/**
 * In milliseconds, as the tests took without a mutant. A suite that would take longer is left out, so that only tests that hang make Stryker
 * wait.
 */
const BUDGET = 60_000;

/**
 * In bytes of a heap of 5 GB. What a suite of vm modules has loaded stays in memory, whoever closes it, and a process that is nearly full does
 * little else than collect garbage.
 */
const FULL = 2_000_000_000;

// A function, since Stryker loads this file before it enters its copy of the repository.
const coverageFile = () => join(process.cwd(), '.mutation-coverage.json');

class SuiteRunner {
  #suites = new Suites();
  #coverage;

  capabilities() {
    return { reloadEnvironment: true };
  }

  async init() {
    this.files = await this.#suites.find(
      join(process.cwd(), 'test/runner/jest.mutation.config.js'),
    );
  }

  async dryRun() {
    const summaries = [];
    for (const file of this.files) {
      let summary = await this.#summarize(file, false);
      if (summary.isRepeatable === false) summary = await this.#summarize(file, true);
      if (summary.errorMessage !== undefined) return { status: DryRunStatus.Error, ...summary };
      summaries.push(summary);
    }
    writeFileSync(coverageFile(), JSON.stringify(summaries));
    return {
      status: DryRunStatus.Complete,
      tests: summaries.flatMap(({ file, tests }) =>
        tests.map(({ id, name, duration }) => ({
          id,
          name,
          fileName: join(process.cwd(), file),
          timeSpentMs: duration,
          status: TestStatus.Success,
        })),
      ),
      // Of what is passed while a suite is loaded, Stryker would know only that it is, and not in which suites.
      mutantCoverage: {
        static: {},
        perTest: Object.fromEntries(
          summaries.flatMap(({ loadCoverage, tests }) =>
            tests.map(({ id, coverage }) => [id, { ...loadCoverage, ...coverage }]),
          ),
        ),
      },
    };
  }

  /** @param keepsFile whether what the file has started is kept for the second run */
  async #summarize(file, keepsFile) {
    return this.#suites.withNew(file, { keepsFile }, async (suite) => {
      if (suite.loadError !== undefined)
        return { errorMessage: `${file}: ${suite.loadError.stack}` };
      const places = [...suite.names.keys()];
      const first = await suite.run(places, { bails: false });
      if (first.message !== undefined) return { errorMessage: `${file}: ${first.message}` };
      const second = await suite.run(places, { bails: false });
      return { ...summaryOf(file, suite, first, second), keepsFile };
    });
  }

  async mutantRun({ activeMutant, sandboxFileName, hitLimit }) {
    // Stryker tries the mutant again in a new process.
    if (process.memoryUsage().heapUsed > FULL) process.exit();
    this.#coverage ??= new CoverageIndex(JSON.parse(readFileSync(coverageFile(), 'utf8')));
    const options = { mutant: activeMutant.id, hitLimit };
    let nrOfTests = 0;
    let time = 0;
    for (const plan of this.#coverage.suitesFor(activeMutant.id, sandboxFileName)) {
      if (time > 0 && time + plan.time > BUDGET) continue;
      time += plan.time;
      nrOfTests += plan.places.length;
      const outcome = await this.#tryIn(plan, options);
      if (outcome !== undefined) return { nrOfTests, ...outcome };
    }
    return { status: MutantRunStatus.Survived, nrOfTests };
  }

  async #tryIn(plan, options) {
    if (plan.needsNew) return this.#tryInNew(plan, options);
    const suite = await this.#suites.loaded(plan.file, plan);
    const result = await suite.run(plan.places, options);
    if (result.message === undefined) return undefined;
    // Without the mutant, the same tests pass, unless one before it has left something behind.
    const control = await suite.run(result.failed.length > 0 ? result.failed : plan.places, {});
    if (control.message === undefined) return outcomeOf(plan, result);
    await this.#suites.forget(plan.file);
    return this.#tryInNew(plan, options);
  }

  #tryInNew(plan, options) {
    return this.#suites.withNew(plan.file, plan.isStatic ? options : {}, async (suite) => {
      if (suite.loadError !== undefined) {
        return {
          status: MutantRunStatus.Killed,
          killedBy: [plan.ids[0]],
          failureMessage: String(suite.loadError),
        };
      }
      const result = await suite.run(plan.places, options);
      return result.message === undefined ? undefined : outcomeOf(plan, result);
    });
  }
}

function outcomeOf({ ids }, { failed, message, isOverLimit }) {
  if (isOverLimit) return { status: MutantRunStatus.Timeout, reason: 'A loop did not end' };
  const killedBy = failed.length > 0 ? failed.map((place) => ids[place]) : [ids[0]];
  return { status: MutantRunStatus.Killed, killedBy, failureMessage: message };
}

const createRunner = () => new SuiteRunner();
createRunner.inject = [];

export const strykerPlugins = [
  declareFactoryPlugin(PluginKind.TestRunner, 'loaded-suites', createRunner),
];
