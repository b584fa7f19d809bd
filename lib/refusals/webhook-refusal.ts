/** A request that is not an event which PropelAuth has just signed. */
export class WebhookRefusal extends Error {
  override readonly name = 'WebhookRefusal';

  constructor() {
    super('webhook_invalid');
  }
}
