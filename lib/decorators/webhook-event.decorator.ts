import type { PropelAuthEvent } from '../propelauth/webhooks/propel-auth-event.js';
import { findCaller } from '../decision/decision.js';
import { createCallerParameter } from './caller-parameter.js';

/**
 * Injects the verified event of a route under `@PropelAuthWebhook()`, or one of its properties. Use it instead of `@Body()`: it is read
 * from the signed bytes.
 *
 * @param property the name of a property, such as `'event_type'`. Default: the whole {@link PropelAuthEvent}
 * @param pipes pipes for the value, as with Nest's own parameter decorators. The first one may replace the property name
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
