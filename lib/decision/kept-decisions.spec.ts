import { DecisionsByObjects } from './kept-decisions.js';

describe('DecisionsByObjects', () => {
  const [client, message] = [{}, {}];
  const others: [string, object[]][] = [
    ['only some of them', [client]],
    ['only the last of them', [message]],
    ['another one', [client, {}]],
    ['one more', [client, message, {}]],
    ['another order', [message, client]],
    ['none', []],
  ];

  it.each(others)('finds what was kept by all objects, and nothing by %s', (_what, objects) => {
    const decisions = new DecisionsByObjects<string>();
    const kept = decisions.of([client, message]);
    kept.latest = 'a decision';
    expect(decisions.find([client, message])).toBe(kept);
    expect(decisions.of([client, message])).toBe(kept);
    expect(decisions.find(objects)?.latest).toBeUndefined();
  });
});
