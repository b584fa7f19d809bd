/*
 * The sample of `npm run test:mutation -- --sample`: the same few mutants of each part, as long as their code stays the same.
 */
import { createHash } from 'node:crypto';
import { relative } from 'node:path';
import { CheckStatus } from '@stryker-mutator/api/check';
import { declareFactoryPlugin, PluginKind } from '@stryker-mutator/api/plugin';

const SEED = 'nestjs-propelauth';

/** Of each part. */
const SIZE = 12;

const TRIED = { status: CheckStatus.Passed };
const LEFT_OUT = { status: CheckStatus.CompileError, reason: 'Not in the sample' };

/** Stryker asks a checker, such as a compiler, which mutants it should try. */
class Sample {
  async init() {}

  /** All of them together. */
  async group(mutants) {
    return [mutants.map(({ id }) => id)];
  }

  async check(mutants) {
    const tried = new Set(
      mutants.toSorted((a, b) => compare(placeOf(a), placeOf(b))).slice(0, SIZE),
    );
    return Object.fromEntries(
      mutants.map((mutant) => [mutant.id, tried.has(mutant) ? TRIED : LEFT_OUT]),
    );
  }
}

const compare = (a, b) => (a < b ? -1 : 1);

/** Its place in the order of mutants, which is the same in each run. */
function placeOf({ fileName, location, replacement }) {
  const file = relative(process.cwd(), fileName);
  const text = JSON.stringify([SEED, file, location, replacement]);
  return createHash('sha256').update(text).digest('hex');
}

const createSample = () => new Sample();
createSample.inject = [];

export const strykerPlugins = [declareFactoryPlugin(PluginKind.Checker, 'sample', createSample)];
