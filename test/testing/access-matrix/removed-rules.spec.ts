import { expectAccess } from 'nestjs-propelauth/testing';
import { CASES } from '../../support/removed-rules/cases.js';
import { removalsOf, rowOf, type Row } from '../../support/removed-rules/removals.js';
import { holdCase, startCase } from '../../support/removed-rules/start-case.js';

/**
 * Of each application: its access decorators, then how many of them cannot be removed without failing startup, a warning of startup,
 * an error of `toEqual()` and an error of `toHold()`; last, how many only `toEqual()` misses.
 */
const NOTICED: readonly Row[] = [
  ['01-cats-app', 2, 0, 0, 2, 0, 2],
  ['02-gateways', 3, 0, 0, 3, 0, 3],
  ['03-microservices', 2, 1, 0, 1, 0, 1],
  ['10-fastify', 4, 0, 1, 4, 1, 3],
  ['11-swagger', 3, 0, 1, 3, 1, 2],
  ['12-graphql-schema-first', 2, 0, 0, 2, 0, 2],
  ['15-mvc', 2, 0, 0, 2, 0, 2],
  ['16-gateways-ws', 2, 1, 0, 1, 0, 1],
  ['19-auth-jwt', 3, 0, 0, 3, 0, 3],
  ['20-cache', 2, 0, 2, 2, 1, 0],
  ['21-serializer', 2, 0, 0, 2, 0, 2],
  ['23-graphql-code-first', 3, 0, 0, 3, 0, 3],
  ['25-dynamic-modules', 2, 0, 0, 2, 0, 2],
  ['28-sse', 2, 0, 1, 2, 1, 1],
  ['29-file-upload', 3, 0, 1, 3, 1, 2],
  ['31-graphql-federation-code-first', 3, 0, 0, 3, 0, 3],
  ['collections', 6, 0, 0, 6, 1, 5],
  ['portfolio', 9, 2, 0, 7, 0, 7],
  ['albums', 12, 0, 0, 12, 2, 10],
  ['examples/basic', 5, 1, 0, 4, 0, 4],
  ['examples/graphql', 4, 3, 0, 1, 0, 1],
  ['examples/mcp', 6, 4, 0, 1, 0, 1],
  ['examples/websockets', 3, 3, 0, 0, 0, 0],
  ['all', 85, 15, 6, 69, 8, 60],
];

describe.each(CASES)('Removing any one access decorator is noticed: $name', (tested) => {
  it('starts without a warning, with the access of its table', () => expectTable(tested));

  it('passes toHold()', async () => {
    const { app } = await startCase(tested);
    try {
      await expect(holdCase(tested, app)).resolves.not.toThrow();
    } finally {
      await app.close();
    }
  });

  it('is noticed wherever one is removed', async () => {
    const removals = await removalsOf(tested);
    const unnoticed = removals.filter(({ notices }) => notices.length === 0);
    expect(unnoticed.map(({ decorator }) => decorator)).toEqual(tested.redundant ?? []);
  });

  it('starts as before once all of them are back', () => expectTable(tested));
});

async function expectTable(tested: (typeof CASES)[number]): Promise<void> {
  const { app, warnings } = await startCase(tested);
  try {
    expect(warnings).toEqual([]);
    expect(() => expectAccess(app).toEqual(tested.table)).not.toThrow();
  } finally {
    await app.close();
  }
}

describe('Removing any one access decorator is noticed', () => {
  it('by this many of the tools', async () => {
    const rows: Row[] = [];
    for (const tested of CASES) rows.push(rowOf(tested.name, await removalsOf(tested)));
    const all = (await Promise.all(CASES.map(removalsOf))).flat();
    expect([...rows, rowOf('all', all)]).toEqual(NOTICED);
  });
});
