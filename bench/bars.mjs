import { ratio } from './ratio.mjs';

/** For each line of Node.js: how fast a repeated token is to be, compared with the no-op guard. */
const REPEATED_TOKEN = {
  20: { express: 0.92, fastify: 0.9 },
  24: { express: 0.95, fastify: 0.95 },
};

/** What is to be reached: each figure that one version of Node.js was measured for, with its bar. */
export function judge({ node, rows = new Map(), inProcess: { hit, miss, importTime } }) {
  return [
    atLeast(
      REPEATED_TOKEN[node.line].express,
      'ours, repeated token / no-op guard, on Express',
      ratio(rows, 'express/nestjs-propelauth', 'express/no-op-guard'),
    ),
    atLeast(
      REPEATED_TOKEN[node.line].fastify,
      'ours, repeated token / no-op guard, on Fastify',
      ratio(rows, 'fastify/nestjs-propelauth', 'fastify/no-op-guard'),
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
    atMost(
      0.1,
      "validateAccessToken of a known token / fast-jwt's cached verify (time)",
      hit && hit.newString.own / hit.newString.fastJwt,
    ),
    atMost(1.15, 'our miss / bare jose.jwtVerify (time)', miss?.ratio),
    atMost(
      25,
      'import of the main entry on top of @nestjs/common and @nestjs/core',
      importTime?.milliseconds,
      'ms',
    ),
  ].filter(({ measured }) => measured !== undefined);
}

function atLeast(bar, figure, measured, unit) {
  return { figure, measured, unit, bar, comparison: 'at least', met: measured >= bar };
}

function atMost(bar, figure, measured, unit) {
  return { figure, measured, unit, bar, comparison: 'at most', met: measured <= bar };
}
