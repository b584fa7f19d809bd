import { measureBuilds } from '../in-turn.mjs';
import { markdownTable } from '../report/markdown-table.mjs';
import { duration } from '../report/numbers.mjs';
import { median, medianRatio } from '../statistics.mjs';

/** How many new tokens are verified at the same time. Each has its own processes, so that neither runs cold or in the other's garbage. */
const CONCURRENCIES = [
  { id: 'one-by-one', concurrency: 1, words: 'one by one' },
  { id: 'at-a-time', concurrency: 32, words: '32 at a time' },
];

/** The guard and the service alone, without HTTP. */
export const inProcess = {
  name: 'in-process',
  title: 'In process',
  lines: ['20'],
  async measure(context) {
    const { plan } = context;
    const lines = knownTokenLines(await measureBuilds('known-token', [plan.batches], context));
    const figures = {};
    for (const { id, concurrency, words } of CONCURRENCIES) {
      const builds = await measureBuilds('new-token', [concurrency, plan.blocks], context);
      lines.push(...newTokenLines(builds, `new tokens, ${words}`));
      figures[`new-token/${id}`] = speedOf(builds[0]);
    }
    return { tables: [markdownTable(['in process', '>figure'], lines)], figures };
  },
};

function knownTokenLines(builds) {
  return [
    ...builds.flatMap((build) => [
      [`a known token: the guard's canActivate${build.suffix}`, timeOf(build, 'guard')],
      [`a known token: validateAccessToken${build.suffix}`, timeOf(build, 'own')],
    ]),
    ["a known token: fast-jwt's cached verify", timeOf(builds[0], 'fastJwt')],
    ['a known token: the minimum, a look-up in a Map', timeOf(builds[0], 'map')],
  ];
}

function newTokenLines(builds, subject) {
  return [
    ...builds.flatMap((build) => [
      [`${subject}: validateAccessToken${build.suffix}`, timeOf(build, 'own')],
      [`${subject}: speed to jose${build.suffix}`, speedOf(build).toFixed(3)],
    ]),
    [`${subject}: jose.jwtVerify`, timeOf(builds[0], 'jose')],
    [`${subject}: the minimum, crypto.verify`, timeOf(builds[0], 'native')],
  ];
}

/** How many times as fast as jose, block by block. */
function speedOf(build) {
  return medianRatio(timesOf(build, 'jose'), timesOf(build, 'own'));
}

function timeOf(build, call) {
  return duration(median(timesOf(build, call)));
}

function timesOf({ runs }, call) {
  return runs.flatMap((times) => times[call]);
}
