import type { ExecutionContext } from '@nestjs/common';
import { EventPattern, MessagePattern } from '@nestjs/microservices';
import { copyMethod, methodOf, newFunction } from '../../../test/support/written-rules.js';
import { readReplacements } from '../../rules/declared-method.js';
import { handledEventsOf } from './handled-events.js';

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

/** The events that a call of a function of the controller is one of. */
function eventsOf(handler: Function): string | undefined {
  const context = { getClass: () => Orders, getHandler: () => handler };
  return handledEventsOf(context as unknown as ExecutionContext);
}

/** What a constructor puts in place of these handlers. */
function replacing(...names: string[]): Function {
  const replacement = newFunction();
  readReplacements(Object.fromEntries(names.map((name) => [name, replacement])), Orders);
  return replacement;
}

describe('A call', () => {
  it('is an event if all its methods handle events, and named by all of them', () => {
    expect(eventsOf(methodOf(Orders, 'sent'))).toBe('order.sent, order.lost');
    expect(eventsOf(replacing('paid', 'sent'))).toBe('order.paid, order.sent, order.lost');
  });

  it('is not an event if one of its methods handles messages, or its method is unknown', () => {
    expect(eventsOf(methodOf(Orders, 'show'))).toBeUndefined();
    expect(eventsOf(replacing('paid', 'show'))).toBeUndefined();
    expect(eventsOf(newFunction())).toBeUndefined();
  });
});
