import {
  Inject,
  Injectable,
  InternalServerErrorException,
  PayloadTooLargeException,
} from '@nestjs/common';
import { PropelAuthConfigurationError } from '../../options/configuration.error.js';
import { ResolvedOptions } from '../../options/resolved-options.js';
import type { RequestHeaders } from '../../transports/request-headers.js';
import { describeMissingSvix, loadSvix, type Svix } from './svix.js';
import type { PropelAuthEvent } from './propel-auth-event.js';
import { readSvixHeaders, type SvixHeaders } from './svix.js';
import { Rejection } from '../../rejections/rejection.js';
import { LimitedLog } from '../../values/limited-log.js';
import { deepFreeze } from '../../values/deep-freeze.js';
import { isJsonObject } from '../../values/json-object.js';

/** The injection token of the package `svix`, which is `undefined` if not installed. */
const SVIX = Symbol('svix');

/** Loads the package `svix` while the application starts. */
export const svixProvider = { provide: SVIX, useFactory: loadSvix };

/** Fastify's parsers leave the raw body on Node's request or on Fastify's, depending on the parser. */
export interface RawRequest extends RequestHeaders {
  readonly method?: string;
  readonly rawBody?: unknown;
}

/** An event from PropelAuth, and the data in its headers. */
interface VerifiedEvent {
  readonly event: PropelAuthEvent;
  /** The id of the message, the same for each delivery. */
  readonly messageId: string;
  /** When this attempt to deliver the event began, in seconds since 1970. */
  readonly sentAt: number;
}

const JSON_TYPE = /^application\/json(; ?charset=utf-8)?$/i;

const NO_RAW_BODY =
  'An event cannot be verified and gets 500: its body was parsed, and request.rawBody is not a buffer. Create the application with ' +
  'NestFactory.create(AppModule, { rawBody: true }), or set the option webhooks.path to have the package receive events.';

type Webhook = InstanceType<Svix['Webhook']>;

/** Verifies that a request is an event from PropelAuth, which uses Svix to sign and send events. */
@Injectable()
export class WebhookVerifier {
  // A private field, so that printing this object does not print the secrets.
  readonly #webhooks: readonly Webhook[];
  private readonly log = new LimitedLog();

  constructor(
    private readonly options: ResolvedOptions,
    @Inject(SVIX) private readonly svix: Svix | undefined,
  ) {
    this.#webhooks = svix
      ? options.readWebhookSecrets().map((secret) => new svix.Webhook(secret))
      : [];
  }

  /**
   * The missing requirements to verify events, each with its fix.
   *
   * @param needing the decorator or function that verifies events
   */
  findMissing(needing: string): string[] {
    const missing: string[] = [];
    if (this.svix === undefined) {
      missing.push(describeMissingSvix(needing));
    } else if (this.#webhooks.length === 0) {
      missing.push(
        `${needing} needs the option webhooks. Set it to { secret } with the signing secret of the endpoint from your ` +
          'PropelAuth dashboard.',
      );
    }
    return missing;
  }

  /**
   * @throws {Rejection} when the signature is not PropelAuth's, or is older or newer than five minutes
   * @throws {PayloadTooLargeException} for a body of more than `webhooks.maxBodyBytes`
   */
  verify(request: RawRequest): VerifiedEvent {
    if (this.#webhooks.length === 0) {
      throw new Error(this.findMissing('@PropelAuthWebhook()').join(' '));
    }
    const headers = readSvixHeaders(request);
    const payload = this.readPayload(request);
    if (!this.#webhooks.some((webhook) => isSignedFor(webhook, payload, headers))) {
      throw new Rejection('webhook_invalid');
    }
    return {
      event: readEvent(payload),
      messageId: headers['svix-id'],
      sentAt: Number(headers['svix-timestamp']),
    };
  }

  /**
   * @throws {Rejection} for a request that does not have the form of an event
   * @throws {InternalServerErrorException} when the application does not keep raw bodies, so that PropelAuth sends the event again
   */
  private readPayload(request: RawRequest): string {
    const { rawBody } = request;
    if (Buffer.isBuffer(rawBody)) return this.readText(rawBody);
    if (!isSentAsEvent(request)) throw new Rejection('webhook_invalid');
    this.log.error(NO_RAW_BODY);
    const cause = new PropelAuthConfigurationError(NO_RAW_BODY);
    throw new InternalServerErrorException(undefined, {
      cause,
      description: 'Internal Server Error',
    });
  }

  /** Checks the limit, since the application's parsers may allow more. Hashing costs CPU for each byte, and anyone can send them. */
  private readText(rawBody: Buffer): string {
    const { maxBodyBytes = 0 } = this.options.webhooks ?? {};
    if (rawBody.length > maxBodyBytes) throw new PayloadTooLargeException();
    return rawBody.toString('utf8');
  }
}

/**
 * Whether a request has the form of Svix's events. An application that keeps raw bodies keeps the body of such a request. Whether Nest's
 * parsers handle other methods and types depends on the HTTP adapter.
 */
function isSentAsEvent({ method, headers }: RawRequest): boolean {
  const hasBody =
    headers['transfer-encoding'] !== undefined || Number(headers['content-length']) > 0;
  return method === 'POST' && hasBody && JSON_TYPE.test(headers['content-type'] ?? '');
}

/** Svix returns for a valid signature, and throws for any other. */
function isSignedFor(webhook: Webhook, payload: string, headers: SvixHeaders): boolean {
  try {
    webhook.verify(payload, headers);
    return true;
  } catch {
    return false;
  }
}

/**
 * Reads a signed payload. All handlers of an event get the same object, so it is frozen.
 *
 * @throws {Rejection} for a signed payload that is not an event
 */
function readEvent(payload: string): PropelAuthEvent {
  let event: unknown;
  try {
    event = JSON.parse(payload);
  } catch {
    throw new Rejection('webhook_invalid');
  }
  if (!isJsonObject(event) || typeof event['event_type'] !== 'string') {
    throw new Rejection('webhook_invalid');
  }
  return deepFreeze(withUserId(event)) as PropelAuthEvent;
}

/** PropelAuth's documentation and integrations disagree on the field for the id of a removed member. */
function withUserId(event: Record<string, unknown>): Record<string, unknown> {
  const { event_type: type, user_id: userId, removed_user_id: removedUserId } = event;
  if (type !== 'user.removed_from_org' || userId !== undefined || removedUserId === undefined) {
    return event;
  }
  return { ...event, user_id: removedUserId };
}
