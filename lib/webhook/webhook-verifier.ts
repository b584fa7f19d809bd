import { Inject, Injectable } from '@nestjs/common';
import { ResolvedOptions } from '../options/resolved-options.js';
import type { RequestHeaders } from '../token/bearer-token.js';
import { RawBodyWatch } from './raw-body-watch.js';
import { loadSvix, type Svix } from './svix.js';
import type { PropelAuthWebhookEvent } from './webhook-event.js';
import { WebhookRefusal } from './webhook-refusal.js';

/** The token of the package `svix`, or of its absence. */
export const SVIX = Symbol.for('propelauth:svix');

/** Loads the package `svix` while the application starts. */
export const svixProvider = { provide: SVIX, useFactory: loadSvix };

/** Fastify's parsers leave the body on Node's request or on its own, by their kind. */
interface RawRequest extends RequestHeaders {
  readonly rawBody?: unknown;
}

type Webhook = InstanceType<Svix['Webhook']>;

/** Verifies that a request is an event from PropelAuth, which has Svix sign and send them. */
@Injectable()
export class WebhookVerifier {
  // A private field, since each holds a secret: printing this object cannot print it.
  readonly #webhooks: readonly Webhook[];

  constructor(
    { webhookSecrets }: ResolvedOptions,
    @Inject(SVIX) private readonly svix: Svix | undefined,
    private readonly rawBodies: RawBodyWatch,
  ) {
    this.#webhooks = svix ? webhookSecrets.map((secret) => new svix.Webhook(secret)) : [];
  }

  /** What is missing for a route that takes events, each with the way out. */
  findMissing(): string[] {
    const missing: string[] = [];
    if (this.svix === undefined) {
      missing.push('@PropelAuthWebhook() needs the package svix; run npm install svix.');
    } else if (this.#webhooks.length === 0) {
      missing.push(
        '@PropelAuthWebhook() needs the option webhookSecret; give the signing secret of the endpoint from your PropelAuth dashboard.',
      );
    }
    if (this.rawBodies.isRawBodyLost) {
      missing.push(
        '@PropelAuthWebhook() needs the body as it came; create the application with NestFactory.create(AppModule, { rawBody: true }).',
      );
    }
    return missing;
  }

  /**
   * @returns the event
   * @throws {WebhookRefusal} when the signature is not one of PropelAuth, or older or newer than five minutes
   */
  verify(request: RawRequest): PropelAuthWebhookEvent {
    if (this.#webhooks.length === 0) throw new Error(this.findMissing().join(' '));
    const payload = readPayload(request);
    const headers = readHeaders(request);
    if (!this.#webhooks.some((webhook) => isSignedFor(webhook, payload, headers))) {
      throw new WebhookRefusal();
    }
    return readEvent(payload);
  }
}

function readPayload({ rawBody }: RawRequest): string {
  // A request without a body has no raw one either.
  if (rawBody === undefined) throw new WebhookRefusal();
  if (!Buffer.isBuffer(rawBody)) {
    throw new TypeError(
      'The raw body of a request is not a buffer. Create the application with { rawBody: true }.',
    );
  }
  return rawBody.toString('utf8');
}

/**
 * The headers of Svix alone: it also takes an id under other names, and then an event that is sent again would not be known
 * by its `svix-id`.
 */
function readHeaders({ headers }: RawRequest): Record<string, string> {
  return Object.fromEntries(
    ['svix-id', 'svix-timestamp', 'svix-signature'].map((name) => {
      const value = headers[name];
      if (typeof value !== 'string') throw new WebhookRefusal();
      return [name, value];
    }),
  );
}

/** Verification returns when the signature holds; whatever it throws says no. */
function isSignedFor(webhook: Webhook, payload: string, headers: Record<string, string>): boolean {
  try {
    webhook.verify(payload, headers);
    return true;
  } catch {
    return false;
  }
}

/** @throws {WebhookRefusal} for what is signed but is no event */
function readEvent(payload: string): PropelAuthWebhookEvent {
  let event: unknown;
  try {
    event = JSON.parse(payload);
  } catch {
    throw new WebhookRefusal();
  }
  if (!isEvent(event)) throw new WebhookRefusal();
  return event;
}

function isEvent(value: unknown): value is PropelAuthWebhookEvent {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as PropelAuthWebhookEvent).event_type === 'string'
  );
}
