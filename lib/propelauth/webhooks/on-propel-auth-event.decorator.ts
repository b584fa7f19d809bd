import { checkEventTypes, recordEventTypes } from './handled-event-types.js';
import type { PropelAuthEvent, PropelAuthEventType } from './propel-auth-event.js';
import { assertDefinedArguments } from '../../values/defined-arguments.js';

/** A decorator for methods that take this event. */
type EventHandlerDecorator<Type extends PropelAuthEventType> = <
  Handler extends (event: PropelAuthEvent<Type>) => unknown,
>(
  target: object,
  method: string | symbol,
  descriptor: TypedPropertyDescriptor<Handler>,
) => void;

/**
 * Calls a method of a provider or controller with the events that PropelAuth sends to the application's webhook. The method can return a
 * promise or an Observable. If it fails, PropelAuth sends the event again, and only the handlers that have not succeeded run again.
 *
 * Events are delivered at least once and in no guaranteed order: write handlers that can run twice, and fetch the current state with {@link
 * PropelAuthApi}. Like Nest's `@OnEvent()`, the decorator applies to inherited methods, but not to an overriding method that does not have
 * it. The class has to be a singleton that a module lists as a provider or controller.
 *
 * @param types the events, such as `'user.created'`. Default: all events, including types that are new to this package
 * @returns a decorator for methods
 * @throws {TypeError} for the name of an unknown event, for an argument that is not a string, and on anything but an instance method with a
 * string as its name
 * @see {@link WebhooksOptions}, which the decorator needs
 * @example
 * ```ts
 * @OnPropelAuthEvent('user.deleted')
 * async forget(event: PropelAuthEvent<'user.deleted'>) {
 *   await this.accounts.delete(event.user_id);
 * }
 * ```
 *
 * @publicApi
 */
export function OnPropelAuthEvent<Type extends PropelAuthEventType = PropelAuthEventType>(
  ...types: Type[]
): EventHandlerDecorator<Type> {
  assertDefinedArguments('@OnPropelAuthEvent()', types);
  checkEventTypes('@OnPropelAuthEvent()', types);
  return (target, method, descriptor) => {
    const isMethod = typeof target === 'object' && typeof descriptor?.value === 'function';
    if (!isMethod || typeof method !== 'string') {
      throw new TypeError(
        `@OnPropelAuthEvent() is on ${String(method)}, which is not an instance method. Move it to a method of a provider or ` +
          'controller.',
      );
    }
    recordEventTypes(target, method, types);
  };
}
