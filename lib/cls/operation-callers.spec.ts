import type { ExecutionContext } from '@nestjs/common';
import type { StoredCaller } from './caller-storage.js';
import { findOperationCaller, keepOperationCaller } from './operation-callers.js';

const [contextValue, variableValues] = [{}, {}];
const caller = (): StoredCaller => ({
  user: null,
  org: null,
  apiKey: null,
  mcp: null,
  context: undefined,
});

/** A call of a field with this path in the answer, root first. */
function callOf(keys: string[], execution = { contextValue, variableValues }): ExecutionContext {
  const path = keys.reduce<object | undefined>((prev, key) => ({ key, prev }), undefined);
  const info = { fieldNodes: [], path, variableValues: execution.variableValues };
  return { getArgs: () => [{}, {}, execution.contextValue, info] } as unknown as ExecutionContext;
}

describe('The caller of an operation', () => {
  it('is found by the fields below its root, and by those of no other root or execution', () => {
    const alone = caller();
    keepOperationCaller(callOf(['a']), alone);
    expect(findOperationCaller(callOf(['a', '0', 'title']))).toBe(alone);
    expect(findOperationCaller(callOf(['b', '0', 'a']))).toBeUndefined();
    const others = [
      { contextValue: {}, variableValues },
      { contextValue, variableValues: {} },
    ];
    for (const other of others) {
      expect(findOperationCaller(callOf(['a', 'title'], other))).toBeUndefined();
    }
  });

  it('is not known where two executions share all that tells them apart', () => {
    keepOperationCaller(callOf(['twice']), caller());
    keepOperationCaller(callOf(['twice']), caller());
    expect(findOperationCaller(callOf(['twice', 'title']))).toBeUndefined();
  });

  it('is kept when interceptors of one call note it twice', () => {
    const call = callOf(['once']);
    keepOperationCaller(call, caller());
    const latest = caller();
    keepOperationCaller(call, latest);
    expect(findOperationCaller(callOf(['once', 'title']))).toBe(latest);
  });
});
