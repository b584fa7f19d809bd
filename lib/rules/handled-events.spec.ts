import type { ExecutionContext } from '@nestjs/common';
import { EventPattern, MessagePattern } from '@nestjs/microservices';
import { copyMethod, methodOf, newFunction } from '../../test/support/written-rules.js';
import { readReplacements } from './declared-method.js';
import { eventNamesOf, isEvent } from './handled-events.js';

class Orders {
  @EventPattern('order.paid')
  paid(order: unknown) {
    return order;
  }

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
  const replacement = newFunction();
  readReplacements(Object.fromEntries(names.map((name) => [name, replacement])), Orders);
  return replacement;
}

describe('A call', () => {
  it('is an event if all its methods handle events', () => {
    expect(isEvent(callOf(methodOf(Orders, 'paid')))).toBe(true);
    expect(isEvent(callOf(replacing('paid', 'sent')))).toBe(true);
    expect(isEvent(callOf(methodOf(Orders, 'show')))).toBe(false);
    expect(isEvent(callOf(replacing('paid', 'show')))).toBe(false);
  });

  it('is not an event if its method is unknown', () => {
    expect(isEvent(callOf(newFunction()))).toBe(false);
  });

  it('is an event only in microservices', () => {
    expect(isEvent(callOf(methodOf(Orders, 'paid'), 'ws'))).toBe(false);
  });
});

describe('The event names of a handler', () => {
  it('are those of all its methods', () => {
    expect(eventNamesOf(callOf(replacing('paid', 'sent')))).toBe(
      'order.paid, order.sent, order.lost',
    );
    expect(eventNamesOf(callOf(() => {}))).toBe('');
  });
});
