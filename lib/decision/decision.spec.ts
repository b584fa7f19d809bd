import { Logger, type ExecutionContext, type Type } from '@nestjs/common';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { fake } from '../../test/support/fake.js';
import { stopLogClock } from '../../test/support/fake-timers.js';
import { RecordingLogger } from '../../test/support/recording-logger.js';
import { markMethod } from '../rules/declared-method.js';
import { callOf } from '../transports/call-of.js';
import type { Caller } from '../types/caller.js';
import type { User } from '../types/user.js';
import { type Decision, type Identified } from './decision.js';
import {
  findCaller,
  findDecision,
  hasReachedGuard,
  keepAllowed,
  openDecision,
} from './kept-decisions.js';

class Reports {
  show(this: void): void {}
  list(this: void): void {}
}
class OtherReports extends Reports {}

/** How often a call was compared with another. */
let steps = 0;

class CountingContext extends ExecutionContextHost {
  override getClass<Class>(): Type<Class> {
    steps++;
    return super.getClass();
  }
}

function contextOf(
  args: unknown[],
  type = 'rpc',
  controller = Reports,
  handler = Reports.prototype.show,
): ExecutionContextHost {
  const context = new CountingContext(args, controller, handler);
  context.setType(type);
  return context;
}

const callerOf = (userId: string): Identified =>
  fake<Identified>({ key: `user:${userId}`, describe: () => fake<Caller>({ userId }) });

/** A decision that the guard has begun to make. */
function begin(context: ExecutionContextHost, userId?: string): Decision {
  const decision = openDecision(context);
  decision.isBegun = true;
  decision.outcome = new Promise(() => {});
  decision.identified = userId === undefined ? null : callerOf(userId);
  return decision;
}

function allow(context: ExecutionContextHost, userId?: string): Decision {
  const decision = begin(context, userId);
  keepAllowed(decision);
  return decision;
}

const found = (context: ExecutionContextHost) => findCaller(context)?.identified?.describe().userId;

const reference = () => [{ __typename: 'Report' }, {}, { fieldNodes: [], path: {} }];

/** The arguments of calls by each way in which these have objects. */
const CALLS: [string, string, () => unknown[]][] = [
  ['an HTTP request', 'http', () => [{ headers: {} }, {}, () => {}]],
  ['a GraphQL field', 'graphql', () => [{}, {}, {}, { fieldNodes: [], path: {} }]],
  ['a GraphQL reference', 'graphql', reference],
  ['a message over a WebSocket', 'ws', () => [{}, { text: 'a' }, 'event']],
  ['a text over a WebSocket with an acknowledgement', 'ws', () => [{}, 'a text', () => {}]],
  ['a message with its context', 'rpc', () => [{}, {}]],
  ['a text with its context', 'rpc', () => ['a text', {}]],
  ['a call of a library', 'rmq', () => [{}, 7, {}]],
];

describe.each(CALLS)('The caller of %s', (_what, type, argsOfCall) => {
  it('is found by pipes and interceptors of the call, once it is allowed', () => {
    const args = argsOfCall();
    const decision = begin(contextOf(args, type), 'alice');
    const [interceptor, pipe] = [contextOf(args, type), contextOf([...args], type)];
    expect([found(interceptor), found(pipe)]).toEqual([undefined, undefined]);
    expect([interceptor, pipe].map(hasReachedGuard)).toEqual([true, true]);
    keepAllowed(decision);
    expect([found(interceptor), found(pipe)]).toEqual(['alice', 'alice']);
  });

  it.each<[string, (args: unknown[]) => ExecutionContextHost]>([
    ['another class', (args) => contextOf(args, type, OtherReports)],
    ['another method', (args) => contextOf(args, type, Reports, Reports.prototype.list)],
    ['fewer arguments', (args) => contextOf(args.slice(0, -1), type)],
    ['more arguments', (args) => contextOf([...args, 'more'], type)],
    ['other arguments', () => contextOf(argsOfCall(), type)],
  ])('is not that of a call with %s', (_other, otherContext) => {
    const args = argsOfCall();
    allow(contextOf(args, type), 'alice');
    const other = otherContext([...args]);
    expect(found(other)).toBeUndefined();
    expect(hasReachedGuard(other)).toBe(callOf(other).objects.length === 0);
  });

  it('is not that of a call with another argument in any place', () => {
    const args = argsOfCall();
    allow(contextOf(args, type), 'alice');
    for (const index of args.keys()) {
      expect(
        found(contextOf(args.with(index, { fieldNodes: [], path: {} }), type)),
      ).toBeUndefined();
    }
  });

  it('is never that of a rejected call', () => {
    const args = argsOfCall();
    const decision = begin(contextOf(args, type), 'alice');
    decision.reject(new Error('rejected'));
    const contexts = [decision.context, contextOf(args, type), contextOf([...args], type)];
    expect(contexts.map((context) => found(context as ExecutionContextHost))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(contexts.map(hasReachedGuard)).toEqual([true, true, true]);
  });

  it('stays that of the allowed call while others with the same arguments are pending or rejected', () => {
    const args = argsOfCall();
    const [alice, bob] = [
      begin(contextOf([...args], type), 'alice'),
      begin(contextOf([...args], type), 'bob'),
    ];
    const pipe = contextOf([...args], type);
    expect(found(pipe)).toBeUndefined();
    keepAllowed(alice);
    expect(found(pipe)).toBe('alice');
    bob.reject(new Error('rejected'));
    begin(contextOf([...args], type), 'carol');
    expect(found(pipe)).toBe('alice');
    // Guards find their own.
    expect(findDecision(bob.context)).toBe(bob);
    expect(found(bob.context as ExecutionContextHost)).toBeUndefined();
  });

  it('is unknown to pipes if calls of two callers have the same arguments', () => {
    stopLogClock();
    const log = new RecordingLogger();
    Logger.overrideLogger(log);
    const args = argsOfCall();
    const alice = allow(contextOf([...args], type), 'alice');
    const bob = allow(contextOf([...args], type), 'bob');
    const again = allow(contextOf([...args], type), 'bob');
    expect(() => found(contextOf([...args], type))).toThrow(
      expect.objectContaining({ status: 500 }),
    );
    expect(log.of('error')).toEqual([
      expect.stringMatching(/^Reports was called twice with the same/),
    ]);
    const own = [alice, bob, again].map(({ context }) => found(context as ExecutionContextHost));
    expect(own).toEqual(['alice', 'bob', 'bob']);
  });

  it('is unknown to pipes if one of two calls of a user is made by who impersonates them', () => {
    stopLogClock();
    Logger.overrideLogger(new RecordingLogger());
    const args = argsOfCall();
    allow(contextOf([...args], type), 'alice');
    const impersonated = begin(contextOf([...args], type), 'alice');
    impersonated.identified = fake<Identified>({
      key: 'user:alice',
      describe: () =>
        fake<Caller>({ userId: 'alice', user: fake<User>({ impersonatorUserId: 'employee' }) }),
    });
    keepAllowed(impersonated);
    expect(() => found(contextOf([...args], type))).toThrow(
      expect.objectContaining({ status: 500 }),
    );
  });

  it('is found if one caller makes calls with the same arguments', () => {
    const args = argsOfCall();
    for (let call = 0; call < 3; call++) allow(contextOf([...args], type), 'alice');
    expect(found(contextOf([...args], type))).toBe('alice');
  });

  it('is not that of another call in the same context', () => {
    const args = argsOfCall();
    const context = contextOf(args, type);
    const first = allow(context, 'alice');
    args.splice(0, args.length, ...argsOfCall());
    expect(findDecision(context)).toBeUndefined();
    expect(found(context)).toBeUndefined();
    expect(begin(context)).not.toBe(first);
    expect(found(context)).toBeUndefined();
  });
});

describe('The caller of a call whose interceptor replaces an argument in the list', () => {
  it.each(CALLS.filter(([, type]) => type !== 'http'))(
    'is found by the next one: %s',
    (_what, type, argsOfCall) => {
      for (const index of [0, 1]) {
        const args = argsOfCall();
        allow(contextOf(args, type), 'alice');
        args[index] = {};
        if (type === 'graphql' && args.length === 3 && index === 0) continue;
        expect(found(contextOf(args, type))).toBe('alice');
      }
    },
  );

  it('is not found with the arguments of another call', () => {
    const [args, other] = [
      [{}, {}],
      [{}, {}],
    ];
    allow(contextOf(args), 'alice');
    args[0] = other[0] as object;
    args[1] = other[1] as object;
    expect(found(contextOf([...other]))).toBeUndefined();
    allow(contextOf(other), 'bob');
    expect(found(contextOf([...other]))).toBe('bob');
    expect(found(contextOf(args))).toBe('alice');
  });
});

/**
 * References of one `_entities` query that name the same variable: GraphQL gives all of them the same object. They are decided at the same
 * time, and then their handlers are called.
 */
function stepsOf(count: number): number {
  const args = reference();
  begin(contextOf([...args], 'graphql'));
  steps = 0;
  const contexts = Array.from({ length: count }, () => contextOf([...args], 'graphql'));
  const decisions = contexts.map((context) => begin(context, 'alice'));
  for (const [index, decision] of decisions.entries()) {
    expect(findDecision(contexts[index] as ExecutionContextHost)).toBe(decision);
    keepAllowed(decision);
    expect(found(contextOf([...args], 'graphql'))).toBe('alice');
  }
  return steps;
}

describe('Decisions about calls that have all their objects in common', () => {
  const client = {};
  const send = (text: number) => contextOf([client, text], 'rmq');

  it('take twice the steps for twice the calls', () => {
    expect(stepsOf(400)).toBeLessThanOrEqual(2.1 * stepsOf(200));
  });

  it('are forgotten when a hundred others were allowed, and not while they are pending', () => {
    const pending = begin(send(0), 'alice');
    for (let text = 1; text <= 150; text++) allow(send(text), 'bob');
    expect([50, 51, 150].map((text) => found(send(text)))).toEqual([undefined, 'bob', 'bob']);
    keepAllowed(pending);
    expect(found(send(0))).toBe('alice');
  });

  it('leave nothing if they reject', () => {
    allow(send(1), 'alice');
    for (let text = 2; text <= 500; text++) begin(send(text)).reject(new Error('rejected'));
    expect(found(send(1))).toBe('alice');
  });
});

describe('The caller of a message that is a string', () => {
  const connection = {};
  const contextOfMessage = (
    text = 'a text',
    client: object = connection,
    args: unknown[] = [client, text],
  ) => {
    // A tool wraps the handler for each message.
    const wrapper = Reports.prototype.show.bind(undefined);
    markMethod(wrapper, { owner: Reports, name: 'show' });
    return contextOf(args, 'ws', Reports, wrapper);
  };

  it('is that of the latest allowed message of the connection to the handler', () => {
    for (const userId of ['alice', 'bob']) allow(contextOfMessage(), userId);
    begin(contextOfMessage(), 'carol').reject(new Error('rejected'));
    begin(contextOfMessage(), 'dave');
    expect(found(contextOfMessage())).toBe('bob');
    expect(found(contextOfMessage('another text'))).toBe('bob');
    expect(found(contextOfMessage('a text', {}))).toBeUndefined();
    expect(found(contextOf([connection, 'a text'], 'ws', OtherReports))).toBeUndefined();
  });

  it('is its own for interceptors, which have the list of arguments that the guard has seen', () => {
    const contexts = ['alice', 'bob'].map((userId) => allow(contextOfMessage(), userId).context);
    const interceptorOf = (context: ExecutionContext) =>
      contextOfMessage(undefined, undefined, context.getArgs());
    const { context: waiting } = begin(contextOfMessage(), 'carol');
    expect(contexts.map(interceptorOf).map(found)).toEqual(['alice', 'bob']);
    expect(found(interceptorOf(waiting))).toBeUndefined();
  });
});
