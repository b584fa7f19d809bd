import { combineHooks } from './combined-hooks.js';
import type { Decision } from '../decision/decision.js';
import type { Hooks } from './hooks.js';

const outcome = { allowed: true } as const;

describe('The hooks of several plugins', () => {
  it('are undefined where no plugin has one, so that they cost nothing', () => {
    expect(combineHooks([{}, {}])).toEqual({});
  });

  it('are those of all plugins', () => {
    const hooks = combineHooks([
      { kinds: [] },
      {
        before() {
          throw new Error('rejected');
        },
      },
    ]);
    expect(hooks.kinds).toEqual([]);
    expect(() => hooks.before?.({} as Decision)).toThrow('rejected');
  });

  it.each<[string, Hooks]>([
    ['before', { before() {} }],
    ['kinds', { kinds: [] }],
  ])('are rejected if two plugins have the same: %s', (name, hooks) => {
    expect(() => combineHooks([hooks, {}, hooks])).toThrow(
      `plugins contains two plugins with the hook "${name}"`,
    );
  });

  it('keep the object that they belong to', () => {
    class Counter implements Hooks {
      count = 0;
      decided(): void {
        this.count++;
      }
    }
    const counter = new Counter();
    combineHooks([counter]).decided?.(outcome, 'http');
    expect(counter.count).toBe(1);
  });
});
