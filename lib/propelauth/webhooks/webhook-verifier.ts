import { types } from 'node:util';
import {
  Inject,
  Injectable,
  InternalServerErrorException,
  PayloadTooLargeException,
} from '@nestjs/common';
import { ResolvedOptions } from '../../options/resolved-options.js';
import { deepFreeze } from '../../values/deep-freeze.js';
import { isJsonObject } from '../../values/json-object.js';
import { LimitedLog } from '../../values/limited-log.js';
import type { PropelAuthEvent } from './propel-auth-event.js';
import { invalidEvent, loadSvix, type ReadHeader, type Svix, type SvixHeaders } from './svix.js';

/** The injection token of the package `svix`, which is `undefined` if not installed. */
const SVIX = Symbol('svix');

/** Loads the package `svix` while the application starts. */
export const svixProvider = { provide: SVIX, useFactory: loadSvix };

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
  'An event cannot be verified and gets 500: its body was parsed, and its raw body is missing. Create the application with ' +
  'NestFactory.create(AppModule, { rawBody: true }) and pass request.rawBody to PropelAuthWebhooks.receive(); a server that parses ' +
  'bodies before Nest has to keep them as request.rawBody.';

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

  /** Whether the package `svix` is there. */
  get canVerify(): boolean {
    return this.svix !== undefined;
  }

  /**
   * @param rawBody the body as it arrived. Anything but bytes and text counts as missing
   * @throws {BadRequestException} when the signature is not PropelAuth's, or is older or newer than five minutes
   * @throws {PayloadTooLargeException} for a body of more than `webhooks.maxBodyBytes`
   * @throws {InternalServerErrorException} when the application does not keep raw bodies, so that PropelAuth sends the event again
   */
  verify(svixHeaders: SvixHeaders, header: ReadHeader, rawBody: unknown): VerifiedEvent {
    const payload = this.readPayload(header, rawBody);
    if (!this.#webhooks.some((webhook) => isSignedFor(webhook, payload, svixHeaders))) {
      throw invalidEvent();
    }
    return {
      event: readEvent(payload),
      messageId: svixHeaders['svix-id'],
      sentAt: Number(svixHeaders['svix-timestamp']),
    };
  }

  private readPayload(header: ReadHeader, rawBody: unknown): string {
    if (typeof rawBody === 'string' || types.isUint8Array(rawBody)) {
      this.assertIsNotTooLarge(rawBody);
      return typeof rawBody === 'string' ? rawBody : textOf(rawBody);
    }
    if (!isSentAsEvent(header)) throw invalidEvent();
    this.log.error(NO_RAW_BODY);
    throw new InternalServerErrorException();
  }

  /** The application's parsers may allow more. Hashing costs CPU for each byte, and anyone can send them. */
  private assertIsNotTooLarge(rawBody: Uint8Array | string): void {
    const { maxBodyBytes = 0 } = this.options.webhooks ?? {};
    if (Buffer.byteLength(rawBody) > maxBodyBytes) throw new PayloadTooLargeException();
  }
}

function textOf({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('utf8');
}

/** Whether a request has the form of Svix's events. An application that keeps raw bodies keeps the body of such a request. */
function isSentAsEvent(header: ReadHeader): boolean {
  const hasBody = header('transfer-encoding') !== undefined || Number(header('content-length')) > 0;
  return hasBody && JSON_TYPE.test(String(header('content-type')));
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
 * @throws {BadRequestException} for a signed payload that is not an event
 */
function readEvent(payload: string): PropelAuthEvent {
  let event: unknown;
  try {
    event = JSON.parse(payload);
  } catch {
    throw invalidEvent();
  }
  if (!isJsonObject(event) || typeof event['event_type'] !== 'string') {
    throw invalidEvent();
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
