import { createAccessDecorator } from './access.decorator.js';

/**
 * Takes events from PropelAuth: the request has to be signed by PropelAuth (through Svix) within the last five minutes, else the
 * response is 400. It replaces the user requirement, also under `requireUserByDefault`, and cannot be combined with other rules.
 *
 * It needs the option `webhookSecret`, the package `svix`, and an application made with `{ rawBody: true }`; all of that is
 * checked at start. Events can arrive more than once: remember the header `svix-id`, and do nothing for one that was there before.
 *
 * @returns a decorator for methods
 * @see PropelAuth, "Webhooks"
 * @example
 * ```ts
 * @Post('/webhooks/propelauth')
 * @PropelAuthWebhook()
 * async receive(@WebhookEvent() event: PropelAuthWebhookEvent) {
 *   if (event.event_type === 'user.deleted') await this.accounts.delete(event.user_id);
 * }
 * ```
 *
 * @publicApi
 */
export function PropelAuthWebhook(): MethodDecorator {
  return createAccessDecorator({
    kind: 'caller',
    mode: 'webhook',
    decorator: '@PropelAuthWebhook()',
  });
}
