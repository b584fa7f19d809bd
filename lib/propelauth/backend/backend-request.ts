import type { BackendAccount } from './backend-account.js';
import { BackendFailure, failureOfStatus } from './backend-failure.js';
import { untilAborted } from './deadline.js';
import { nameOf, networkErrorCode } from './network-error.js';
import { Rejection, unavailable } from '../../rejections/rejection.js';

/** Far more than any answer about one user or key holds. */
const MAXIMUM_BODY_BYTES = 1_048_576;

/** A request to PropelAuth's backend. */
export interface BackendRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** What is sent: as JSON, unless it is a form. */
  readonly body?: object | URLSearchParams;
  /** How long the whole exchange may take, in milliseconds. */
  readonly timeoutMs: number;
  /** How long the body of the answer may be. Default: 1 MiB. */
  readonly maximumBytes?: number;
}

/** What is known of a request when its answer comes: where it went, how long it could take, and how much may come back. */
interface Exchange {
  readonly origin: string;
  readonly timeoutMs: number;
  readonly maximumBytes: number;
}

/** There is more of an answer than is read. A smaller question may have a smaller one. */
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
 * @param read makes of an answer what is needed. Whatever came back is one: the status is for it to judge. It has to read or to discard
 * the answer; left alone, it keeps its connection
 * @throws {Rejection} when there is no answer; and what `read` throws
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
  { method, path, body }: BackendRequest,
  exchange: Exchange,
  signal: AbortSignal,
): Promise<BackendAnswer> {
  try {
    const ask = account.fetch ?? fetch;
    const response = await ask(exchange.origin + path, {
      method,
      headers: {
        ...account.readHeaders(),
        ...(body && { 'Content-Type': mediaTypeOf(body) }),
      },
      ...(body && {
        body: body instanceof URLSearchParams ? body.toString() : JSON.stringify(body),
      }),
      // A redirect would carry the API key, or a token, to wherever it points.
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

/** An answer of PropelAuth's backend whose body is not read yet. */
export class BackendAnswer {
  readonly status: number;
  /** How long PropelAuth asks to be left alone, if it does. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    private readonly response: Response,
    private readonly exchange: Exchange,
  ) {
    this.status = response.status;
    this.retryAfterSeconds = readRetryAfter(response.headers);
  }

  /**
   * The body, checked to be JSON and of a size that makes sense, as text.
   *
   * @throws {Rejection} when it is not, or does not arrive
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
   * The body, as the JSON value that it is.
   *
   * @throws {Rejection} when it is not JSON, or does not arrive
   */
  async readJson(): Promise<unknown> {
    return JSON.parse(await this.readJsonText()) as unknown;
  }

  /** Reads no further. */
  async discard(): Promise<void> {
    // The connection may be lost already, which is as good.
    await this.response.body?.cancel().catch(() => undefined);
  }

  /** The error for an answer that is of no use; the rest of it is discarded. */
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
        // What is not bytes, such as texts of a `fetch` that is replaced, has no length.
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

/** Whether a media type is that of JSON (RFC 8259, section 11), with whatever parameters. */
function isJsonType(contentType: string | null): boolean {
  return contentType?.split(';')[0]?.trim().toLowerCase() === 'application/json';
}

/** The whole seconds of a `Retry-After` header (RFC 9110, section 10.2.3): a number, or until a date. */
function readRetryAfter(headers: Headers): number | undefined {
  const value = headers.get('retry-after')?.trim();
  if (!value) return undefined;
  const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1000;
  return seconds > 0 && Number.isFinite(seconds) ? Math.ceil(seconds) : undefined;
}

/** The kind of a network error. Messages of errors from below are not repeated: they may quote what was sent. */
function networkFailure(error: unknown, { origin, timeoutMs }: Exchange): BackendFailure {
  if (nameOf(error) === 'TimeoutError') {
    return new BackendFailure('timeout', `${origin} did not respond within ${timeoutMs / 1000} s`);
  }
  const code = networkErrorCode(error);
  const detail = `${origin} cannot be reached${code === undefined ? '' : ` (${code})`}`;
  return new BackendFailure('unreachable', detail);
}
