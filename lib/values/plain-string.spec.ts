import { readPlainStringAt } from './plain-string.js';

const message = {
  orgId: 'a',
  filter: { orgId: 'b', inner: { orgId: 'c' } },
  list: [{ orgId: 'd' }],
  'filter.orgId': 'e',
  text: 'f',
  nothing: null,
  empty: '',
};

describe('A path in a message', () => {
  it.each([
    ['orgId', 'a'],
    ['filter.orgId', 'b'],
    ['filter.inner.orgId', 'c'],
    ['list.0.orgId', 'd'],
  ])('%s reads its value', (path, expected) => {
    expect(readPlainStringAt(message, path)).toBe(expected);
  });

  it.each([
    'missing',
    'missing.orgId',
    'filter',
    'text.length',
    'text.0',
    'nothing.orgId',
    'empty',
    'constructor.name',
    '__proto__.orgId',
    'list.length',
    'filter.',
    '.orgId',
    '.',
  ])('%s reads nothing', (path) => {
    expect(readPlainStringAt(message, path)).toBeUndefined();
  });

  it('never reads inherited properties', () => {
    const heir = Object.create(message) as object;
    expect(readPlainStringAt(heir, 'orgId')).toBeUndefined();
    expect(readPlainStringAt(heir, 'filter.orgId')).toBeUndefined();
  });

  it.each([undefined, null, 7, 'text'])('reads nothing from %p', (start) => {
    expect(readPlainStringAt(start, 'orgId')).toBeUndefined();
    expect(readPlainStringAt(start, 'filter.orgId')).toBeUndefined();
  });
});
