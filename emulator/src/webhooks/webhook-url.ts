import type { Origins } from '../access/origins.js';
import { EmulatorError } from '../emulator.error.js';

/**
 * Checks where events are sent: to this machine, or to an origin that an option allows.
 *
 * @throws {EmulatorError} for another address, and for one with credentials, which pages would show
 */
export function checkWebhookUrl(value: string, origins: Origins): string {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const isAllowed =
    url !== undefined &&
    /^https?:$/.test(url.protocol) &&
    `${url.username}${url.password}` === '' &&
    origins.isTrusted(url.origin);
  if (isAllowed) return url.href;
  throw new EmulatorError(
    'webhooks is not a URL of this machine or of an allowed origin. Set it to where your application receives webhooks, such as ' +
      'http://localhost:3000/webhooks/propelauth, without a user or password, or add its origin to allowedOrigins (--allow-origin).',
  );
}
