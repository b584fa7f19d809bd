/**
 * The rows of the table: what protects the route, and which tokens come in. Ids are the names of modules in servers/, with a
 * suffix where the tokens differ.
 */
export const ROWS = [
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

/** The row that the others are measured against. */
export const BASELINE = 'no-op-guard';

/** How many tokens `many` are. */
export const MANY = 1_500;
