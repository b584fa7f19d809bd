import { Inject, Injectable, InternalServerErrorException } from '@nestjs/common';
import { ResolvedOptions } from '../options/resolved-options.js';
import type { RequestHeaders } from '../transport/transport.interface.js';
import { loadSvix, type Svix } from './svix.js';
import type { PropelAuthWebhookEvent } from './webhook-event.js';
import { Refusal } from '../refusals/refusal.js';
import { LimitedLog } from '../values/limited-log.js';

/** The token of the package `svix`, or of its absence. */
export const SVIX = Symbol('svix');

/** Loads the package `svix` while the application starts. */
export const svixProvider = { provide: SVIX, useFactory: loadSvix };

/** Fastify's parsers leave the body on Node's request or on its own, by their kind. */
interface RawRequest extends RequestHeaders {
  readonly method?: string;
  readonly rawBody?: unknown;
}

const JSON_TYPE = /^application\/json(; ?charset=utf-8)?$/i;

/** Far more than an id, a time or the signatures of several secrets need. Svix compares each signature that a header lists. */
const MAXIMUM_HEADER_LENGTH = 1_024;

type Webhook = InstanceType<Svix['Webhook']>;

/** Verifies that a request is an event from PropelAuth, which has Svix sign and send them. */
@Injectable()
export class WebhookVerifier {
  // A private field, since each holds a secret: printing this object cannot print it.
  readonly #webhooks: readonly Webhook[];
  private readonly log = new LimitedLog();

  constructor(
    options: ResolvedOptions,
    @Inject(SVIX) private readonly svix: Svix | undefined,
  ) {
    this.#webhooks = svix
      ? options.readWebhookSecrets().map((secret) => new svix.Webhook(secret))
      : [];
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
    return missing;
  }

  /**
   * @returns the event
   * @throws {Refusal} when the signature is not one of PropelAuth, or older or newer than five minutes
   */
  verify(request: RawRequest): PropelAuthWebhookEvent {
    if (this.#webhooks.length === 0) throw new Error(this.findMissing().join(' '));
    const headers = readHeaders(request);
    const payload = this.readPayload(request);
    if (!this.#webhooks.some((webhook) => isSignedFor(webhook, payload, headers))) {
      throw new Refusal('webhook_invalid');
    }
    return readEvent(payload);
  }

  /**
   * @throws {Refusal} for a request that is not sent as Svix sends events
   * @throws {InternalServerErrorException} when the application does not keep raw bodies, so that PropelAuth sends the event again
   */
  private readPayload(request: RawRequest): string {
    const { rawBody } = request;
    if (Buffer.isBuffer(rawBody)) return rawBody.toString('utf8');
    if (!isSentAsEvent(request)) throw new Refusal('webhook_invalid');
    this.log.error(
      'An event came to a route under @PropelAuthWebhook(), and request.rawBody is no buffer: it cannot be verified and is answered ' +
        'with 500. Create the application with NestFactory.create(AppModule, { rawBody: true }).',
    );
    throw new InternalServerErrorException();
  }
}

/**
 * The headers of Svix alone: it also takes an id under other names, and then an event that is sent again would not be known
 * by its `svix-id`.
 */
function readHeaders({ headers }: RawRequest): Record<string, string> {
  return Object.fromEntries(
    ['svix-id', 'svix-timestamp', 'svix-signature'].map((name) => {
      const value = headers[name];
      if (typeof value !== 'string' || value.length > MAXIMUM_HEADER_LENGTH) {
        throw new Refusal('webhook_invalid');
      }
      // Svix reads as much of it as is a number.
      if (name === 'svix-timestamp' && !/^\d+$/.test(value)) throw new Refusal('webhook_invalid');
      return [name, value];
    }),
  );
}

/**
 * Whether a request is sent as Svix sends events. The body of such a request is kept by any application that keeps raw bodies; which
 * other methods and types the parsers of Nest look at depends on the HTTP adapter.
 */
function isSentAsEvent({ method, headers }: RawRequest): boolean {
  const hasBody =
    headers['transfer-encoding'] !== undefined || Number(headers['content-length']) > 0;
  return method === 'POST' && hasBody && JSON_TYPE.test(headers['content-type'] ?? '');
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

/** @throws {Refusal} for what is signed but is no event */
function readEvent(payload: string): PropelAuthWebhookEvent {
  let event: unknown;
  try {
    event = JSON.parse(payload);
  } catch {
    throw new Refusal('webhook_invalid');
  }
  if (!isEvent(event)) throw new Refusal('webhook_invalid');
  return event;
}

function isEvent(value: unknown): value is PropelAuthWebhookEvent {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as PropelAuthWebhookEvent).event_type === 'string'
  );
}
