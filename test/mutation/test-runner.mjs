/*
 * The test runner of Stryker for this package. Stryker's own for Jest loads each suite again for each mutant, which would take days here.
 */
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { declareFactoryPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import { DryRunStatus, MutantRunStatus, TestStatus } from '@stryker-mutator/api/test-runner';
import { CoverageIndex, summaryOf } from './coverage.mjs';
import { Suites } from './suites.mjs';

/** In milliseconds, as the tests took without a mutant. What would take longer is left out, so that only tests that hang make Stryker wait. */
const BUDGET = Number(process.env.MUTATION_BUDGET ?? 30_000);

// A function, since Stryker loads this file before it enters its copy of the repository.
const coverageFile = () => join(process.cwd(), '.mutation-coverage.json');

class SuiteRunner {
  #suites = new Suites();
  #coverage;

  capabilities() {
    return { reloadEnvironment: true };
  }

  async init() {
    this.files = await this.#suites.find(join(process.cwd(), 'jest.mutation.config.js'));
  }

  async dryRun() {
    const summaries = process.env.MUTATION_REUSE
      ? JSON.parse(readFileSync(process.env.MUTATION_REUSE, 'utf8'))
      : [];
    for (const file of process.env.MUTATION_REUSE ? [] : this.files) {
      const summary = await this.#summarize(file, false);
      if (summary.errorMessage !== undefined) return { status: DryRunStatus.Error, ...summary };
      summaries.push(summary.isRepeatable ? summary : await this.#summarize(file, true));
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

  async #summarize(file, keepsFile) {
    return this.#suites.withNew(file, { keepsFile }, async (suite) => {
      if (suite.loadError !== undefined)
        return { errorMessage: `${file}: ${suite.loadError.stack}` };
      const places = [...suite.names.keys()];
      const first = await suite.run(places, { bails: false });
      if (first.message !== undefined) return { errorMessage: `${file}: ${first.message}` };
      const second = await suite.run(places, { bails: false });
      if (process.env.MUTATION_LOG)
        appendFileSync(
          process.env.MUTATION_LOG,
          [
            file,
            keepsFile,
            Math.round(performance.now()),
            first.durations.reduce((a, b) => a + b, 0),
            second.message,
            Math.round(process.memoryUsage().rss / 1e6),
          ].join(' | ') + '\n',
        );
      return { ...summaryOf(file, suite, first, second), keepsFile };
    });
  }

  async mutantRun({ activeMutant, sandboxFileName, hitLimit }) {
    this.#coverage ??= new CoverageIndex(JSON.parse(readFileSync(coverageFile(), 'utf8')));
    if (process.env.MUTATION_KNOWN) {
      this.known ??= new Map(
        Object.entries(JSON.parse(readFileSync(process.env.MUTATION_KNOWN, 'utf8')).files).flatMap(
          ([file, { mutants }]) =>
            mutants
              .filter((m) => m.status === 'Killed' || m.status === 'Timeout')
              .map((m) => [
                [
                  file,
                  m.location.start.line,
                  m.location.start.column,
                  m.location.end.line,
                  m.location.end.column,
                  m.replacement,
                ].join('|'),
                m,
              ]),
        ),
      );
      const { start, end } = activeMutant.location;
      const key = [
        activeMutant.fileName.replace(/^.*wt-mutation\//, ''),
        start.line + 1,
        start.column + 1,
        end.line + 1,
        end.column + 1,
        activeMutant.replacement,
      ].join('|');
      const m = this.known.get(key);
      if (m)
        return {
          status: MutantRunStatus.Killed,
          killedBy: ['known'],
          failureMessage: m.statusReason ?? '',
          nrOfTests: 1,
        };
    }
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
    if (process.env.MUTATION_LOG)
      appendFileSync(
        process.env.MUTATION_LOG,
        `SURVIVED ${activeMutant.fileName}:${activeMutant.location.start.line + 1}:${activeMutant.location.start.column} ${activeMutant.mutatorName} => ${activeMutant.replacement} ${time}\n`,
      );
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
    if (process.env.MUTATION_LOG)
      appendFileSync(
        process.env.MUTATION_LOG,
        `DIRTY ${plan.file} ${result.message?.slice(0, 80)}\n`,
      );
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
