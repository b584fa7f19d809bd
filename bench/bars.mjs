import { ratio } from './ratio.mjs';
import { thousands } from './report/numbers.mjs';

/** What is to be reached: each figure with its bar, from the measurements of one run. */
export function judge({ rows, inProcess: { hit, miss, heap, importMilliseconds } }) {
  const [, earlier, later] = heap.megabytes;
  return [
    atLeast(
      0.95,
      'ours, repeated token / no-op guard',
      ratio(rows, 'express/nestjs-propelauth', 'express/no-op-guard'),
    ),
    atLeast(
      1.6,
      'ours, repeated token / @propelauth/express',
      ratio(rows, 'express/nestjs-propelauth', 'express/propelauth-express'),
    ),
    atLeast(
      2.1,
      'ours, repeated token / passport-jwt',
      ratio(rows, 'express/nestjs-propelauth', 'express/passport-jwt'),
    ),
    atLeast(
      1.3,
      'ours, 1,500 distinct tokens / @propelauth/express, the same tokens',
      ratio(rows, 'express/nestjs-propelauth/many', 'express/propelauth-express/many'),
    ),
    atLeast(
      10,
      "fast-jwt's cached verify / our hit (time)",
      hit.newString.fastJwt / hit.newString.own,
    ),
    atMost(1.15, 'our miss / bare jose.jwtVerify (time)', miss.ratio),
    atMost(5, describeGrowth(heap), later - earlier, 'MB'),
    atMost(
      25,
      'import of the main entry on top of @nestjs/common and @nestjs/core',
      importMilliseconds,
      'ms',
    ),
  ];
}

function describeGrowth({ steps: [, earlier, later] }) {
  return `heap after ${thousands(later)} distinct tokens above that after ${thousands(earlier)}`;
}

function atLeast(bar, figure, measured, unit) {
  return { figure, measured, unit, bar, comparison: 'at least', met: measured >= bar };
}

function atMost(bar, figure, measured, unit) {
  return { figure, measured, unit, bar, comparison: 'at most', met: measured <= bar };
}
