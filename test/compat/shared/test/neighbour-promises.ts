// Not node:assert/strict: in Jest what comes from Node.js itself has other prototypes.
import { deepEqual } from 'node:assert';
import type { INestApplication } from '@nestjs/common';
import {
  LIMIT,
  NeighboursModule,
  ThrottledBeforeModule,
  ThrottledBehindModule,
} from '../src/neighbours.module.js';
import { get } from './http.js';
import { accessTokenOf } from './issuer.js';

const TOO_MANY = LIMIT + 1;

/** What holds beside the modules that many applications have, by name and by the module that has them. */
export const neighbourPromises = [
  {
    module: NeighboursModule,
    name: 'a throttler on a route counts each user separately',
    keep: async (app: INestApplication) => {
      deepEqual(await statuses(app, '/throttled', accessTokenOf('alice')), [200, 200, 429]);
      deepEqual(await statuses(app, '/throttled', accessTokenOf('bob')), [200, 200, 429]);
      deepEqual(await statuses(app, '/throttled'), [401, 401, 401]);
    },
  },
  {
    module: ThrottledBehindModule,
    name: 'a global throttler after the guard counts each user separately',
    keep: async (app: INestApplication) => {
      deepEqual(await statuses(app, '/account', accessTokenOf('alice')), [200, 200, 429]);
      deepEqual(await statuses(app, '/account', accessTokenOf('bob')), [200, 200, 429]);
      deepEqual(await statuses(app, '/account'), [401, 401, 401]);
    },
  },
  {
    module: ThrottledBeforeModule,
    name: 'a global throttler before the guard counts each user separately, and other callers by address',
    keep: async (app: INestApplication) => {
      deepEqual(await statuses(app, '/account'), [401, 401, 429]);
      deepEqual(await statuses(app, '/account', accessTokenOf('alice')), [200, 200, 429]);
      deepEqual(await statuses(app, '/account', accessTokenOf('bob')), [200, 200, 429]);
    },
  },
  {
    module: NeighboursModule,
    name: 'nestjs-cls keeps the context and the caller of each request after the guard, with new and cached tokens',
    keep: async (app: INestApplication) => {
      for (const tokens of [newTokens(), newTokens()]) {
        await expectOwnContexts(app, tokens);
        await expectOwnContexts(app, tokens);
      }
    },
  },
];

async function statuses(app: INestApplication, path: string, token?: string) {
  const answers: number[] = [];
  while (answers.length < TOO_MANY) answers.push((await get(app, path, token)).status);
  return answers;
}

function newTokens(): [string, string][] {
  return ['alice', 'bob', 'carol', 'dave'].map((name) => [name, accessTokenOf(name)]);
}

async function expectOwnContexts(app: INestApplication, tokens: [string, string][]) {
  const answers = await Promise.all(
    tokens.map(([name, token]) => get(app, '/context', token, { 'x-name': name })),
  );
  deepEqual(
    answers.map(({ body }) => body),
    tokens.map(([name]) => ({ userId: name, caller: name, name })),
  );
}
