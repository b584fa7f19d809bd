import type { PropelAuthEvent } from '../webhooks/propel-auth-event.js';
import { findCaller } from '../decision/decision.js';
import { createCallerParameter } from './caller-parameter.js';

/**
 * The event that a route under `@PropelAuthWebhook()` was called with, verified, or a property of it. Take it from here rather
 * than from `@Body()`: it is read from the very bytes that were signed.
 *
 * @param property the name of a property, such as `'event_type'`; default: the whole {@link PropelAuthEvent}
 * @param pipes pipes for the value, as with Nest's own parameter decorators; the first may take the place of the name
 * @returns a parameter decorator
 * @example
 * ```ts
 * @Post('/webhooks/propelauth')
 * @PropelAuthWebhook()
 * receive(@WebhookEvent() event: PropelAuthEvent, @Headers('svix-id') id: string) {
 *   return this.events.handleOnce(id, event);
 * }
 * ```
 *
 * @publicApi
 */
export const WebhookEvent = createCallerParameter<PropelAuthEvent>(
  '@WebhookEvent()',
  (context) => findCaller(context)?.event ?? null,
);
