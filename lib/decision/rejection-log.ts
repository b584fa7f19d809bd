import { Logger } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { addressGroupOf } from '../propelauth/backend/address-group.js';
import type { Call } from '../transports/call.js';
import { RateLimiter } from '../values/rate-limiter.js';

/** How many lines a client may cause at once, and after how long it may cause one more. */
const LINES_AT_ONCE = 60;
const MILLISECONDS_PER_LINE = 1000;

/** How many clients are told apart. The one that was rejected longest ago is forgotten. */
const MAXIMUM_CLIENTS = 1000;

interface LoggedClient {
  readonly lines: RateLimiter;
  /** How many lines were left out since the last one. */
  leftOut: number;
}

/**
 * Logs rejected calls at debug level: one line for each operation, however many of its parts are rejected, and a limited number for each
 * client.
 */
export class RejectionLog {
  readonly #logger = new Logger('PropelAuth');
  readonly #operations = new WeakSet<object>();
  readonly #clients = new LRUCache<string, LoggedClient>({ max: MAXIMUM_CLIENTS });

  /** @param describe the line. It is not called for lines that are left out */
  log({ address, operationLifetime }: Call, describe: () => string): void {
    if (!this.#isFirstOf(operationLifetime)) return;
    const client = this.#clientOf(address);
    if (!client.lines.take()) {
      client.leftOut++;
      return;
    }
    const { leftOut } = client;
    client.leftOut = 0;
    this.#logger.debug(
      describe() + (leftOut === 0 ? '' : ` (lines left out about this client: ${leftOut})`),
    );
  }

  #isFirstOf(operation: object | undefined): boolean {
    if (operation === undefined) return true;
    if (this.#operations.has(operation)) return false;
    this.#operations.add(operation);
    return true;
  }

  /** Clients without a known address, such as senders of messages, share one limit. */
  #clientOf(address: string | undefined): LoggedClient {
    const group = addressGroupOf(address);
    const known = this.#clients.get(group);
    if (known !== undefined) return known;
    const client = { lines: new RateLimiter(LINES_AT_ONCE, MILLISECONDS_PER_LINE), leftOut: 0 };
    this.#clients.set(group, client);
    return client;
  }
}
