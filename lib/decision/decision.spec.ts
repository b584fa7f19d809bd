import type { Type } from '@nestjs/common';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import type { UserClass } from '@propelauth/node-apis';
import { markMethod } from '../rules/declared-method.js';
import {
  findCaller,
  findDecision,
  isUndecided,
  keepForConnection,
  openDecision,
  type Decision,
} from './decision.js';

class Reports {
  show(this: void): void {}
}

/** How often a call was compared with another, or one decision led to the one before it. */
let steps = 0;

class CountingContext extends ExecutionContextHost {
  override getClass<Class>(): Type<Class> {
    steps++;
    return super.getClass();
  }
}

function contextOf(args: unknown[]): CountingContext {
  const context = new CountingContext(args, Reports, Reports.prototype.show);
  context.setType('graphql');
  return context;
}

function open(context: CountingContext): Decision {
  const decision = openDecision(context);
  decision.isBegun = true;
  let { earlier } = decision;
  Object.defineProperty(decision, 'earlier', {
    get() {
      steps++;
      return earlier;
    },
    set(changed: Decision | undefined) {
      earlier = changed;
    },
  });
  return decision;
}

const isAboutAlice = { userId: 'user-alice' } as UserClass;

/**
 * References of one `_entities` query that name the same variable: GraphQL gives all of them the same object. They are decided at the same
 * time, and then their handlers are called.
 */
function stepsOf(count: number): number {
  const args = [{ __typename: 'Report' }, {}, { fieldNodes: [], path: {} }];
  open(contextOf([...args])).outcome = new Promise(() => {});
  steps = 0;
  const contexts = Array.from({ length: count }, () => contextOf([...args]));
  const decisions = contexts.map((context) => {
    const decision = open(context);
    decision.outcome = new Promise(() => {});
    return decision;
  });
  for (const [index, decision] of decisions.entries()) {
    expect(findDecision(contexts[index] as CountingContext)).toBe(decision);
    decision.user = isAboutAlice;
    decision.outcome = true;
    // Of a parameter.
    const other = contextOf([...args]);
    expect(isUndecided(other)).toBe(false);
    expect(findCaller(other)?.user).toBe(isAboutAlice);
  }
  return steps;
}

describe('Decisions about calls with the same objects', () => {
  it('take at most twice the steps for twice the calls', () => {
    expect(stepsOf(400)).toBeLessThanOrEqual(2 * stepsOf(200));
  });

  it('are found by a parameter while others with the same arguments are pending or rejected', () => {
    const args = [{ __typename: 'Report' }, {}, { fieldNodes: [], path: {} }];
    const openPending = () => {
      const decision = open(contextOf([...args]));
      decision.outcome = new Promise(() => {});
      return decision;
    };
    const [allowed, rejected] = [openPending(), openPending(), openPending()] as const;
    expect(findCaller(contextOf([...args]))).toBeUndefined();
    allowed.user = isAboutAlice;
    allowed.outcome = true;
    rejected.outcome = undefined;
    expect(findCaller(contextOf([...args]))).toBe(allowed);
    // A guard finds its own.
    expect(findDecision(rejected.context)).toBe(rejected);
    openPending();
    expect(findCaller(contextOf([...args]))).toBe(allowed);
  });

  it('are another decision for another call of the same context', () => {
    const context = contextOf([{ __typename: 'Report' }, {}, { fieldNodes: [], path: {} }]);
    const first = open(context);
    context.getArgs<unknown[]>()[0] = { __typename: 'Report' };
    expect(findDecision(context)).toBeUndefined();
    expect(open(context)).not.toBe(first);
  });
});

describe('The caller of a message that is a string', () => {
  it('is that of the latest message, also if a tool wraps the handler for each one', () => {
    const connection = {};
    const contextOfMessage = () => {
      const wrapper = Reports.prototype.show.bind(undefined);
      markMethod(wrapper, { owner: Reports, name: 'show' });
      const context = new ExecutionContextHost([connection, 'a text'], Reports, wrapper);
      context.setType('ws');
      return context;
    };
    for (const userId of ['user-alice', 'user-bob']) {
      const decision = openDecision(contextOfMessage());
      decision.user = { userId } as UserClass;
      keepForConnection(decision);
    }
    expect(findCaller(contextOfMessage())?.user?.userId).toBe('user-bob');
  });
});
