import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { callOf } from '../transports/call-of.js';
import { Decision } from './decision.js';
import { DecisionsByObjects } from './decisions-by-objects.js';

describe('DecisionsByObjects', () => {
  const client = {};
  let decisions: DecisionsByObjects<Decision>;

  beforeEach(() => {
    decisions = new DecisionsByObjects();
  });

  function addDecision(objects: object[], end?: 'allowed' | 'rejected'): Decision {
    const context = new ExecutionContextHost(objects);
    const decision = new Decision(callOf(context), decisions.latest(objects));
    decision.isBegun = end !== undefined;
    if (end === 'allowed') decision.outcome = true;
    decisions.add(objects, decision);
    return decision;
  }

  it('finds the latest decision about calls with the same objects, and earlier ones', () => {
    const message = {};
    const first = addDecision([client, message], 'allowed');
    const second = addDecision([client, message]);
    expect(decisions.latest([client, message])).toBe(second);
    expect(second.earlier).toBe(first);
  });

  it('finds no decision about a call with only some of the objects', () => {
    addDecision([client, {}], 'allowed');
    expect(decisions.latest([client])).toBeUndefined();
    expect(decisions.latest([client, {}])).toBeUndefined();
    expect(decisions.latest([{}])).toBeUndefined();
  });

  it('keeps a hundred earlier decisions about calls with the same objects', () => {
    for (let call = 0; call < 10_000; call++) addDecision([client], 'allowed');
    expect(lengthOf(decisions.latest([client]))).toBe(101);
  });

  it('keeps all pending decisions', () => {
    const pending = Array.from({ length: 500 }, () => addDecision([client]));
    for (let call = 0; call < 500; call++) addDecision([client], 'allowed');
    expect(lengthOf(decisions.latest([client]))).toBe(601);
    expect(decisions.latest([client])).not.toBe(pending[0]);
  });

  it('drops rejected calls at the next call', () => {
    const pending = addDecision([client]);
    for (let call = 0; call < 10_000; call++) addDecision([client], 'rejected');
    const latest = addDecision([client]);
    expect(latest.earlier).toBe(pending);
  });
});

function lengthOf(latest: Decision | undefined): number {
  return latest === undefined ? 0 : 1 + lengthOf(latest.earlier);
}
