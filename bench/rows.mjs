/**
 * The rows of the table: the HTTP adapter of Nest, the module in servers/ that protects the route, and which tokens come in.
 */
const ON_EXPRESS = [
  { id: 'no-guard', label: 'no guard', server: 'no-guard', tokens: 'one' },
  { id: 'no-op-guard', label: 'guard that returns true', server: 'no-op-guard', tokens: 'one' },
  {
    id: 'nestjs-propelauth',
    label: 'nestjs-propelauth, one token',
    server: 'nestjs-propelauth',
    tokens: 'one',
    own: true,
  },
  {
    id: 'nestjs-propelauth/many',
    label: 'nestjs-propelauth, 1,500 tokens',
    server: 'nestjs-propelauth',
    tokens: 'many',
    own: true,
  },
  {
    id: 'nestjs-propelauth/uncached',
    label: 'nestjs-propelauth, cache off',
    server: 'nestjs-propelauth-uncached',
    // With one token the requests that arrive together would share one verification.
    tokens: 'many',
    own: true,
  },
  {
    id: 'nestjs-propelauth/live-access',
    label: 'nestjs-propelauth, 1,500 tokens, live access',
    server: 'nestjs-propelauth-live-access',
    tokens: 'many',
    own: true,
  },
  {
    id: 'nestjs-propelauth/telemetry',
    label: 'nestjs-propelauth, one token, telemetry',
    server: 'nestjs-propelauth-telemetry',
    tokens: 'one',
    own: true,
  },
  {
    id: 'nestjs-propelauth/traced',
    label: 'nestjs-propelauth, one token, telemetry, a span for each request',
    server: 'nestjs-propelauth-traced',
    tokens: 'one',
    own: true,
  },
  {
    id: 'nestjs-propelauth/span-attributes',
    label: 'nestjs-propelauth, one token, telemetry with spanAttributes',
    server: 'nestjs-propelauth-span-attributes',
    tokens: 'one',
    own: true,
  },
  {
    id: 'propelauth-express',
    label: '@propelauth/express, one token',
    server: 'propelauth-express',
    tokens: 'one',
  },
  {
    id: 'propelauth-express/many',
    label: '@propelauth/express, 1,500 tokens',
    server: 'propelauth-express',
    tokens: 'many',
  },
  {
    id: 'passport-jwt',
    label: '@nestjs/passport + passport-jwt',
    server: 'passport-jwt',
    tokens: 'one',
  },
  {
    id: 'express-oauth2-jwt-bearer',
    label: 'express-oauth2-jwt-bearer',
    server: 'express-oauth2-jwt-bearer',
    tokens: 'one',
  },
  {
    id: 'fast-jwt',
    label: 'guard on fast-jwt, its cache on',
    server: 'fast-jwt-guard',
    tokens: 'one',
  },
];

/** The rows on Express that are measured on Fastify, too. */
const ALSO_ON_FASTIFY = ['no-guard', 'no-op-guard', 'nestjs-propelauth'];

export const ROWS = [
  ...ON_EXPRESS.map((row) => rowOn('express', row)),
  ...ON_EXPRESS.filter(({ id }) => ALSO_ON_FASTIFY.includes(id)).map((row) =>
    rowOn('fastify', row),
  ),
];

/** The rows that say what a known token costs, and what they are compared with. */
export const REPEATED_TOKEN_ROWS = ROWS.filter(
  ({ server, tokens }) => ['no-op-guard', 'nestjs-propelauth'].includes(server) && tokens === 'one',
);

/** The rows that say what live access costs users whose access has not changed. */
export const LIVE_ACCESS_ROWS = ROWS.filter(({ id }) =>
  [
    'express/no-op-guard',
    'express/nestjs-propelauth/many',
    'express/nestjs-propelauth/live-access',
  ].includes(id),
);

/** The rows that say what telemetry costs. */
export const TELEMETRY_ROWS = ROWS.filter(({ id }) =>
  [
    'express/no-op-guard',
    'express/nestjs-propelauth',
    'express/nestjs-propelauth/telemetry',
    'express/nestjs-propelauth/traced',
    'express/nestjs-propelauth/span-attributes',
  ].includes(id),
);

/** How each adapter is called in the report. */
export const ADAPTER_NAMES = { express: 'Express', fastify: 'Fastify' };

/** How many tokens `many` are. */
export const MANY = 1_500;

/** A row with its id, such as `express/no-guard`, and the id of the row that it is compared with. */
function rowOn(adapter, row) {
  return { ...row, id: `${adapter}/${row.id}`, adapter, baseline: `${adapter}/no-op-guard` };
}
