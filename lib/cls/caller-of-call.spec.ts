import type { ExecutionContext } from '@nestjs/common';
import type { StoredCaller } from './caller-storage.js';
import { findCallerAbove, keepCallerForFields } from './caller-of-call.js';

const [contextValue, variableValues] = [{}, {}];
const caller = (): StoredCaller => ({
  user: null,
  org: null,
  apiKey: null,
  mcp: null,
  context: undefined,
});

/** A call of the field with this path in the response, root first. */
function callOf(keys: string[], execution = { contextValue, variableValues }): ExecutionContext {
  const path = keys.reduce<object | undefined>((prev, key) => ({ key, prev }), undefined);
  const info = { fieldNodes: [], path, variableValues: execution.variableValues };
  return { getArgs: () => [{}, {}, execution.contextValue, info] } as unknown as ExecutionContext;
}

describe('The caller of an operation', () => {
  it('is found by the fields below its root, but not below other roots or in other executions', () => {
    const alone = caller();
    keepCallerForFields(callOf(['a']), alone);
    expect(findCallerAbove(callOf(['a', '0', 'title']))).toBe(alone);
    expect(findCallerAbove(callOf(['b', '0', 'a']))).toBeUndefined();
    const others = [
      { contextValue: {}, variableValues },
      { contextValue, variableValues: {} },
    ];
    for (const other of others) {
      expect(findCallerAbove(callOf(['a', 'title'], other))).toBeUndefined();
    }
  });

  it('is replaced by that of a field in between, only for the fields below it', () => {
    const [root, field] = [caller(), caller()];
    keepCallerForFields(callOf(['list']), root);
    keepCallerForFields(callOf(['list', '1', 'ofOrg']), field);
    expect(findCallerAbove(callOf(['list', '1', 'ofOrg', '0', 'title']))).toBe(field);
    for (const other of [
      ['list', '0', 'ofOrg', '0', 'title'],
      ['list', '1', 'ofOrgs'],
      ['list', '11', 'ofOrg', 'title'],
    ]) {
      expect(findCallerAbove(callOf(other))).toBe(root);
    }
  });

  it('is not kept for a reference, because all references share one path', () => {
    const [root, , contextOfCall, info] = callOf(['_entities']).getArgs<unknown[]>();
    const reference = { getArgs: () => [root, contextOfCall, info] } as unknown as ExecutionContext;
    keepCallerForFields(reference, caller());
    expect(findCallerAbove(callOf(['_entities', '0', 'title']))).toBeUndefined();
  });

  it('is unknown if two executions cannot be told apart', () => {
    keepCallerForFields(callOf(['twice']), caller());
    keepCallerForFields(callOf(['twice']), caller());
    expect(findCallerAbove(callOf(['twice', 'title']))).toBeUndefined();
  });

  it('is kept if interceptors of one call record it twice', () => {
    const call = callOf(['once']);
    keepCallerForFields(call, caller());
    const latest = caller();
    keepCallerForFields(call, latest);
    expect(findCallerAbove(callOf(['once', 'title']))).toBe(latest);
  });
});
