import type { Type } from '@nestjs/common';
import type { AccessCall } from '../../options/access-rule.interface.js';
import { fromInput, fromParam, fromParent, type ValueSource } from '../../options/value-source.js';
import type { OwnLoader } from './own-loader.js';
import type { OwnProviders } from './own-providers.js';
import { Resources } from './resources.js';

const Notes = class {} as unknown as Type<OwnLoader>;

const CALL = { caller: null, org: null, read: () => '7' } as unknown as AccessCall;

function resourcesOf(loader: Partial<OwnLoader>): Resources {
  const loaderOf = () => ({ name: 'note', id: fromParam('noteId'), load: () => ({}), ...loader });
  return new Resources({ loaderOf } as unknown as OwnProviders);
}

const load = (loader: Partial<OwnLoader>) => resourcesOf(loader).load(Notes, CALL, {});

const reading = (source: ValueSource) => load({ load: ({ read }) => ({ read: read(source) }) });

describe('A row', () => {
  it.each([null, undefined])('is none where its loader returns %p', async (row) => {
    expect(await load({ load: () => row })).toBeNull();
  });

  it.each([[[]], [['a']], ['a'], [7], [true]])(
    'is an error where its loader returns %j',
    async (row) => {
      await expect(load({ load: () => row })).rejects.toEqual(
        new TypeError(
          "load() of the loader 'note' did not return a row. Return one object, or null.",
        ),
      );
    },
  );

  it('is none where a rule names none, whatever the client names', async () => {
    expect(await resourcesOf({}).load(Notes, CALL, {}, undefined)).toBeNull();
    expect(await resourcesOf({}).load(Notes, CALL, {})).toEqual({});
  });

  it('that belongs to no organization is none in a call without one', async () => {
    expect(await load({ orgId: () => undefined })).toBeNull();
  });

  it.each<[string, OwnLoader['orgId'], object | undefined]>([
    ['nobody', undefined, undefined],
    ['an organization', () => 'acme', { orgId: 'acme' }],
    ['something else', () => ({}), undefined],
  ])('of %s names that organization', async (_whose, orgId, org) => {
    expect(await resourcesOf({ orgId }).orgOf(Notes, CALL, {})).toEqual(org);
  });

  it('may depend on more of the request', async () => {
    expect(await reading(fromParam('other'))).toEqual({ read: '7' });
  });

  it.each<[string, ValueSource]>([
    ['input', fromInput('other')],
    ['parent', fromParent('other')],
  ])('must not depend on what calls with the same id may differ in: %s', async (from, source) => {
    await expect(reading(source)).rejects.toEqual(
      new TypeError(
        `load() of the loader 'note' reads ${from} other, but its rows are shared by id, also with calls that have another one. ` +
          'Compare what the row has in a rule, or read from the request.',
      ),
    );
  });

  it('that does not come is unavailable after 10 s, which the name of its loader says', async () => {
    jest.useFakeTimers();
    const loading = Promise.allSettled([load({ load: () => new Promise(() => {}) })]);
    await jest.advanceTimersByTimeAsync(10_000);
    jest.useRealTimers();
    expect(await loading).toMatchObject([
      { reason: { reason: 'rule_unavailable', detail: "the loader 'note' took more than 10 s" } },
    ]);
  });
});
