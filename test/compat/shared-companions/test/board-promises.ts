// Not node:assert/strict: in Jest what comes from Node.js itself has other prototypes.
import { deepEqual } from 'node:assert';
import type { DynamicModule, INestApplication } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { ExpressAdapter } from '@bull-board/express';
import { BullBoardModule } from '@bull-board/nestjs';
import { propelAuth } from '../src/companions.module.js';
import { listen } from './http.js';
import { accessToken } from './issuer.js';

export const PAGE = '/queues';
export const API = '/queues/api/queues';

/** What no guard reaches, as the documentation says, by name. */
export const boardPromises: Record<string, () => Promise<void>> = {
  'is open without middleware, also under requireUserByDefault': async () => {
    const board = BullBoardModule.forRoot({ route: PAGE, adapter: ExpressAdapter });
    await expectStatuses(board, (moduleRef) => moduleRef.createNestApplication(), {
      [PAGE]: [200, 200],
      [API]: [200, 200],
    });
  },
};

export async function statusOf(
  app: INestApplication,
  path: string,
  token?: string,
): Promise<number> {
  const headers: Record<string, string> =
    token === undefined ? {} : { authorization: `Bearer ${token}` };
  return (await fetch((await app.getUrl()) + path, { headers })).status;
}

/** By path: the status without a token, and that with one. */
export async function expectStatuses(
  board: DynamicModule,
  create: (moduleRef: TestingModule) => INestApplication,
  expected: Record<string, number[]>,
): Promise<void> {
  const app = await listen(async () =>
    create(await Test.createTestingModule({ imports: [propelAuth, board] }).compile()),
  );
  try {
    const statuses: Record<string, number[]> = {};
    for (const path of Object.keys(expected)) {
      statuses[path] = [await statusOf(app, path), await statusOf(app, path, accessToken())];
    }
    deepEqual(statuses, expected);
  } finally {
    await app.close();
  }
}
