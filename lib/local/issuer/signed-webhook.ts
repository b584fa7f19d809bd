import { randomBytes, randomUUID } from 'node:crypto';
import { PropelAuthConfigurationError } from '../../options/configuration.error.js';
import { describeMissingSvix, loadSvix } from '../../webhooks/svix.js';

/**
 * Options of {@link TestIssuer.webhook}.
 *
 * @publicApi
 */
export interface TestWebhookOptions {
  /** The id of the message, the header `svix-id`. PropelAuth sends an event again under the same id. Default: a new one. */
  readonly messageId?: string;
  /** When the message is sent and signed. Applications accept it for five minutes. Default: now. */
  readonly sentAt?: Date;
  /** The secret that signs the message. Default: {@link TestIssuer.webhookSecret}. */
  readonly secret?: string;
}

/**
 * An event as PropelAuth sends it: the body and the headers of a POST request.
 *
 * @publicApi
 */
export interface TestWebhook {
  /** The event as JSON. Send it unchanged, since the signature is over this text. */
  readonly body: string;
  /** All headers that the request needs. */
  readonly headers: {
    readonly 'content-type': 'application/json';
    readonly 'svix-id': string;
    readonly 'svix-timestamp': string;
    readonly 'svix-signature': string;
  };
}

/** A new secret in the format of PropelAuth's dashboard. */
export function createWebhookSecret(): string {
  return `whsec_${randomBytes(24).toString('base64')}`;
}

/** Signs an event with Svix, as PropelAuth does. */
export async function signWebhook(
  event: object,
  secret: string,
  messageId = `msg_${randomUUID()}`,
  sentAt = new Date(),
): Promise<TestWebhook> {
  const svix = await loadSvix();
  if (svix === undefined) {
    throw new PropelAuthConfigurationError(describeMissingSvix('TestIssuer.webhook()'));
  }
  const body = JSON.stringify(event);
  return {
    body,
    headers: {
      'content-type': 'application/json',
      'svix-id': messageId,
      'svix-timestamp': String(Math.floor(sentAt.getTime() / 1000)),
      'svix-signature': new svix.Webhook(secret).sign(messageId, sentAt, body),
    },
  };
}
