import { BackendFailure, failureOfStatus } from './backend-failure.js';
import { untilAborted } from './deadline.js';
import { nameOf, networkErrorCode } from './network-error.js';
import { Rejection, unavailable } from '../../rejections/rejection.js';

/** Far more than a response about one user or key needs. */
const MAXIMUM_BODY_BYTES = 1_048_576;

/** The pause after a 429 without `Retry-After`. */
const PAUSE_SECONDS = 1;

/** The address and the credentials for requests. */
export interface BackendAccount {
  readonly origin: string;
  /** Sends the requests. Default: the global `fetch` at the time of the call, so that instrumentation and mocks apply. */
  readonly fetch?: typeof globalThis.fetch;
  /** A method, so that printing an account prints no secret. */
  readHeaders(): Record<string, string>;
}

export interface BackendRequest {
  readonly path: string;
  /** Sent by POST as JSON, or as a form if it is `URLSearchParams`. Without a body, the method is GET. */
  readonly body?: object | URLSearchParams;
  /** The deadline for the whole exchange, in milliseconds. */
  readonly timeoutMs: number;
  /** The maximum length of the response body. Default: 1 MiB. */
  readonly maximumBytes?: number;
}

/** The origin and the limits of a request, for reading its response. */
interface Exchange {
  readonly origin: string;
  readonly timeoutMs: number;
  readonly maximumBytes: number;
}

/** The response is longer than the limit. The response to a smaller request may be shorter. */
export class OversizedAnswer extends Rejection {
  constructor() {
    super('propelauth_unavailable', {
      detail: 'PropelAuth returned a response that is too long',
    });
  }
}

/**
 * Sends a request to PropelAuth's backend and reads the response. Both end at the deadline, even if a `fetch` or a body ignores its signal.
 *
 * @param read turns a response of any status into the result. It has to read or discard the response, which otherwise keeps its connection
 * @throws {Rejection} without a response, and every error of `read`
 */
export async function askBackend<Result>(
  account: BackendAccount,
  request: BackendRequest,
  read: (answer: BackendAnswer) => Promise<Result>,
): Promise<Result> {
  const { timeoutMs, maximumBytes = MAXIMUM_BODY_BYTES } = request;
  const exchange = { origin: account.origin, timeoutMs, maximumBytes };
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    return await untilAborted(signal, send(account, request, exchange, signal).then(read));
  } catch (error) {
    if (error !== signal.reason) throw error;
    throw networkFailure(error, exchange);
  }
}

async function send(
  account: BackendAccount,
  { path, body }: BackendRequest,
  exchange: Exchange,
  signal: AbortSignal,
): Promise<BackendAnswer> {
  try {
    const ask = account.fetch ?? fetch;
    const response = await ask(exchange.origin + path, {
      method: body ? 'POST' : 'GET',
      headers: {
        ...account.readHeaders(),
        ...(body && { 'Content-Type': mediaTypeOf(body) }),
      },
      ...(body && {
        body: body instanceof URLSearchParams ? body.toString() : JSON.stringify(body),
      }),
      // A redirect would send the API key, or a token, to another server.
      redirect: 'manual',
      signal,
    });
    return new BackendAnswer(response, exchange);
  } catch (error) {
    throw networkFailure(error, exchange);
  }
}

function mediaTypeOf(body: object): string {
  return body instanceof URLSearchParams ? 'application/x-www-form-urlencoded' : 'application/json';
}

/** A response of PropelAuth's backend whose body is not read yet. */
export class BackendAnswer {
  readonly status: number;
  /** The `Retry-After` of the response, if it has one. After a 429 there is always one. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    private readonly response: Response,
    private readonly exchange: Exchange,
  ) {
    this.status = response.status;
    const pause = response.status === 429 ? PAUSE_SECONDS : undefined;
    this.retryAfterSeconds = readRetryAfter(response.headers) ?? pause;
  }

  /**
   * The body as text, checked to be JSON and not too long.
   *
   * @throws {Rejection} when the body is not JSON, is too long or does not arrive
   */
  async readJsonText(): Promise<string> {
    if (!isJsonType(this.response.headers.get('content-type'))) {
      await this.discard();
      throw unavailable('PropelAuth returned a response that is not JSON');
    }
    const bytes = await this.readBytes();
    try {
      const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
      JSON.parse(text);
      return text;
    } catch {
      throw unavailable('PropelAuth returned a response that is not JSON');
    }
  }

  /**
   * The body, parsed as JSON.
   *
   * @throws {Rejection} when the body is not JSON, is too long or does not arrive
   */
  async readJson(): Promise<unknown> {
    return JSON.parse(await this.readJsonText()) as unknown;
  }

  /** Discards the rest of the body. */
  async discard(): Promise<void> {
    // An error means that the connection is lost already, which is fine.
    await this.response.body?.cancel().catch(() => undefined);
  }

  /** The rejection for an unusable response. Discards the rest of the body. */
  async toUnavailable(): Promise<Rejection> {
    await this.discard();
    return new BackendFailure(
      failureOfStatus(this.status),
      `PropelAuth returned status ${this.status}`,
      this.retryAfterSeconds,
    );
  }

  private async readBytes(): Promise<Buffer> {
    const { maximumBytes } = this.exchange;
    const chunks: Uint8Array[] = [];
    let length = 0;
    try {
      for await (const chunk of this.response.body ?? []) {
        length += chunk.byteLength;
        // A chunk that is not bytes, such as a text of a replaced `fetch`, has no length.
        if (!(length <= maximumBytes)) break;
        chunks.push(chunk);
      }
    } catch (error) {
      throw networkFailure(error, this.exchange);
    }
    if (!(length <= maximumBytes)) {
      throw new OversizedAnswer();
    }
    return Buffer.concat(chunks);
  }
}

/** Whether a media type is JSON (RFC 8259, section 11), with or without parameters. */
function isJsonType(contentType: string | null): boolean {
  return contentType?.split(';')[0]?.trim().toLowerCase() === 'application/json';
}

/** A `Retry-After` header in whole seconds (RFC 9110, section 10.2.3): a number, or the time until a date. */
function readRetryAfter(headers: Headers): number | undefined {
  const value = headers.get('retry-after')?.trim();
  if (!value) return undefined;
  const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1000;
  return seconds > 0 && Number.isFinite(seconds) ? Math.ceil(seconds) : undefined;
}

/** The failure for a network error. Messages of network errors are left out: they may quote the request. */
function networkFailure(error: unknown, { origin, timeoutMs }: Exchange): BackendFailure {
  if (nameOf(error) === 'TimeoutError') {
    return new BackendFailure('timeout', `${origin} did not respond within ${timeoutMs / 1000} s`);
  }
  const code = networkErrorCode(error);
  const detail = `${origin} cannot be reached${code === undefined ? '' : ` (${code})`}`;
  return new BackendFailure('unreachable', detail);
}
