/**
 * The rows of the table: the HTTP adapter of Nest, the module in servers/ that protects the route, and which tokens come in.
 */
const ON_EXPRESS = [
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
    id: 'fast-jwt',
    label: 'guard on fast-jwt, its cache on',
    server: 'fast-jwt-guard',
    tokens: 'one',
  },
];

/** The rows on Express that are measured on Fastify, too. */
const ALSO_ON_FASTIFY = ['no-op-guard', 'nestjs-propelauth'];

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

/** How each adapter is called in the report. */
export const ADAPTER_NAMES = { express: 'Express', fastify: 'Fastify' };

/** How many tokens `many` are. */
export const MANY = 1_500;

/** A row with its id, such as `express/no-guard`, and the id of the row that it is compared with. */
function rowOn(adapter, row) {
  return { ...row, id: `${adapter}/${row.id}`, adapter, baseline: `${adapter}/no-op-guard` };
}
