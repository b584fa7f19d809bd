import { createAccessDecorator } from './access.decorator.js';
import { PROPELAUTH } from '../rules/callers.js';

/**
 * Accepts only events from PropelAuth: requests that PropelAuth signed (through Svix) within the last five minutes. All others get 400. It
 * replaces the user requirement, also under `requireUserByDefault`, and cannot be combined with other rules.
 *
 * It is for your own route. With the option `webhooks.path`, the package receives events itself. It needs the option `webhooks`, the
 * package `svix`, and an application created with `{ rawBody: true }`; startup checks the first two. Events can arrive more than once: pass
 * them on with {@link PropelAuthWebhooks.dispatch}, or remember the header `svix-id`.
 *
 * @returns a decorator for methods
 * @see PropelAuth, "Webhooks"
 * @example
 * ```ts
 * @Post('/webhooks/propelauth')
 * @PropelAuthWebhook()
 * async receive(@WebhookEvent() event: PropelAuthEvent) {
 *   if (event.event_type === 'user.deleted') await this.accounts.delete(event.user_id);
 * }
 * ```
 *
 * @publicApi
 */
export function PropelAuthWebhook(): MethodDecorator {
  return createAccessDecorator({
    kind: 'caller',
    callers: PROPELAUTH,
    decorator: '@PropelAuthWebhook()',
  });
}
