import type { ExecutionContext, Type } from '@nestjs/common';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import {
  dropRefusal,
  findDecision,
  openDecision,
  recallDecision,
  type Decision,
} from './decision.js';
import { PropelAuthUnavailableException } from './refusal.exceptions.js';

class Handlers {}
const handle = () => {};
const handleOther = () => {};

/** A context as Nest makes one for a guard, an interceptor or a parameter. */
function contextOf(
  type: string,
  args: unknown[],
  handler: () => void = handle,
  controller: Type = Handlers,
): ExecutionContext {
  const context = new ExecutionContextHost([...args], controller, handler);
  context.setType(type);
  return context;
}

function allow(context: ExecutionContext): Decision {
  const decision = openDecision(context);
  decision.outcome = true;
  return decision;
}

/** The arguments of two calls of each kind that could be taken for one another. */
const contextValue = {};
const info = {};
const client = {};
const CALLS: [string, string, unknown[], unknown[]][] = [
  ['aliases of a GraphQL query', 'graphql', [{}, {}, contextValue, {}], [{}, {}, contextValue, {}]],
  ['rows of a GraphQL list', 'graphql', [{}, {}, contextValue, info], [{}, {}, contextValue, info]],
  [
    'GraphQL references',
    'graphql',
    [{ id: 1 }, contextValue, info],
    [{ id: 1 }, contextValue, info],
  ],
  ['WebSocket messages', 'ws', [client, {}, 'p', 'p'], [client, {}, 'p', 'p']],
  ['WebSocket messages of text', 'ws', [client, 'a', 'p', 'p'], [client, 'b', 'p', 'p']],
  [
    'messages with acknowledgements',
    'ws',
    [client, 'a', () => {}, 'p'],
    [client, 'a', () => {}, 'p'],
  ],
  ['messages of a microservice', 'rpc', ['a', {}], ['a', {}]],
  ['messages with one context', 'rpc', ['a', contextValue], ['b', contextValue]],
];

const longTextFrom = (start: string) => start.padEnd(600_000, '.');

describe('The decision about a call', () => {
  it.each(CALLS)('is found for its parameters, and not for other %s', (_what, type, one, other) => {
    const first = allow(contextOf(type, one));
    expect(findDecision(contextOf(type, one))).toBe(first);
    expect(findDecision(contextOf(type, other))).toBeUndefined();
    const second = allow(contextOf(type, other));
    expect(findDecision(contextOf(type, one))).toBe(first);
    expect(findDecision(contextOf(type, other))).toBe(second);
  });

  it.each(CALLS)('is not found for another handler or class: %s', (_what, type, args) => {
    class Heir extends Handlers {}
    allow(contextOf(type, args));
    expect(findDecision(contextOf(type, args, handleOther))).toBeUndefined();
    expect(findDecision(contextOf(type, args, handle, Heir))).toBeUndefined();
  });

  it('that is being made, or refuses, is found for its own context alone', () => {
    const message = [{}, { text: 'a' }, 'p', 'p'];
    const context = contextOf('ws', message);
    const decision = openDecision(context);
    expect(findDecision(context)).toBe(decision);
    expect(findDecision(contextOf('ws', message))).toBeUndefined();
    decision.refusal = new Error('refused');
    expect(findDecision(contextOf('ws', message))).toBeUndefined();
  });

  it('about a text leaves the one about the same text alone while it is being made', () => {
    const message = [{}, 'text', 'p', 'p'];
    const first = allow(contextOf('ws', message));
    const second = openDecision(contextOf('ws', message));
    expect(findDecision(contextOf('ws', message))).toBe(first);
    second.outcome = true;
    expect(findDecision(contextOf('ws', message))).toBe(second);
  });

  it('is forgotten when a connection has sent a thousand texts since, so that none fills the memory', () => {
    const connection = {};
    for (let number = 0; number <= 1_000; number++) {
      allow(contextOf('ws', [connection, number, 'p', 'p']));
    }
    expect(findDecision(contextOf('ws', [connection, 0, 'p', 'p']))).toBeUndefined();
    expect(findDecision(contextOf('ws', [connection, 1, 'p', 'p']))).toBeDefined();
  });

  it('that is forgotten is not taken for one about nobody', () => {
    const connection = {};
    for (let number = 0; number <= 1_000; number++) {
      allow(contextOf('ws', [connection, number, 'p', 'p']));
    }
    const first = contextOf('ws', [connection, 0, 'p', 'p']);
    expect(() => recallDecision(first)).toThrow(
      expect.objectContaining({
        constructor: PropelAuthUnavailableException,
        reason: 'decision_lost',
      }),
    );
    expect(recallDecision(contextOf('ws', [connection, 1, 'p', 'p']))).toBeDefined();
    // A handler without a guard, and another connection.
    expect(recallDecision(contextOf('ws', [connection, 0, 'p', 'p'], handleOther))).toBeUndefined();
    expect(recallDecision(contextOf('ws', [{}, 0, 'p', 'p']))).toBeUndefined();
  });

  it('is not pushed out by refusals', () => {
    const connection = {};
    const first = allow(contextOf('ws', [connection, 'first', 'p', 'p']));
    for (let number = 0; number <= 1_000; number++) {
      dropRefusal(openDecision(contextOf('ws', [connection, number, 'p', 'p'])));
    }
    expect(recallDecision(contextOf('ws', [connection, 'first', 'p', 'p']))).toBe(first);
    expect(recallDecision(contextOf('ws', [connection, 0, 'p', 'p']))).toBeUndefined();
  });

  it.each(['rpc', 'something-new'])('cannot be kept without anything to keep it by: %s', (type) => {
    expect(() => openDecision(contextOf(type, ['text', 'text']))).toThrow(`"${type}"`);
    expect(findDecision(contextOf(type, ['text', 'text']))).toBeUndefined();
  });

  it('is forgotten on a connection whose later messages are long texts', () => {
    const connection = {};
    const messageOf = (text: string) => contextOf('ws', [connection, text, 'p']);
    allow(messageOf(longTextFrom('a')));
    const second = allow(messageOf(longTextFrom('b')));
    const third = allow(messageOf(longTextFrom('c')));
    expect(findDecision(messageOf(longTextFrom('b')))).toBe(second);
    expect(findDecision(messageOf(longTextFrom('c')))).toBe(third);
    expect(findDecision(messageOf(longTextFrom('a')))).toBeUndefined();
  });
});
