import type { ExecutionContext } from '@nestjs/common';
import { EventPattern, MessagePattern } from '@nestjs/microservices';
import { copyMethod, methodOf } from '../../test/support/written-rules.js';
import { readReplacements } from './declared-method.js';
import { eventNamesOf, isEvent } from './handled-events.js';

class Orders {
  @EventPattern('order.paid')
  paid() {}

  @EventPattern(['order.sent', 'order.lost'])
  sent() {}

  @MessagePattern('order.show')
  show() {}
}
copyMethod(Orders, 'payment', methodOf(Orders, 'paid'));

/** A call of a function of the controller. */
function callOf(handler: Function, type = 'rpc'): ExecutionContext {
  const context = { getType: () => type, getClass: () => Orders, getHandler: () => handler };
  return context as unknown as ExecutionContext;
}

/** What a constructor puts in place of these handlers. */
function replacing(...names: string[]): Function {
  const replacement = () => {};
  readReplacements(Object.fromEntries(names.map((name) => [name, replacement])), Orders);
  return replacement;
}

describe('A call', () => {
  it.each([
    ['of an event handler', methodOf(Orders, 'paid'), true],
    ['of what replaces event handlers', replacing('paid', 'sent'), true],
    ['of a message handler', methodOf(Orders, 'show'), false],
    ['of what replaces one of both', replacing('paid', 'show'), false],
    ['of a function that cannot be traced', () => {}, false],
  ])('is an event when it is %s: %#', (_what, handler, expected) => {
    expect(isEvent(callOf(handler))).toBe(expected);
  });

  it('is an event of microservices alone', () => {
    expect(isEvent(callOf(methodOf(Orders, 'paid'), 'ws'))).toBe(false);
  });
});

describe('The names of events', () => {
  it('are those of all methods that are called', () => {
    expect(eventNamesOf(callOf(replacing('paid', 'sent')))).toBe(
      'order.paid, order.sent, order.lost',
    );
    expect(eventNamesOf(callOf(() => {}))).toBe('');
  });
});
