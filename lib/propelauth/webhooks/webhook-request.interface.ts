/**
 * A request that may be an event, for {@link PropelAuthWebhooks.receive}.
 *
 * @publicApi
 */
export interface WebhookRequest {
  /** The headers of a request of Node.js, with names in lower case, or `Headers` of Fetch. */
  readonly headers:
    | Readonly<Record<string, string | readonly string[] | undefined>>
    | { get(name: string): string | null };

  /** The body as it arrived, because the signature covers its bytes: a `Buffer`, another `Uint8Array`, or UTF-8 text. */
  readonly rawBody: Uint8Array | string | null | undefined;
}

/**
 * What the sender of an event gets, from {@link PropelAuthWebhooks.receive}.
 *
 * @publicApi
 */
export interface WebhookResponse {
  /** The HTTP status: 204 once all handlers have finished. After any other, PropelAuth sends the event again. */
  readonly status: number;

  /** The headers, by name. */
  readonly headers: Readonly<Record<string, string>>;

  /** JSON as text; `undefined` for a response without a body. */
  readonly body: string | undefined;
}
