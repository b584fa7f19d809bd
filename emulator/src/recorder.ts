import type { MiddlewareHandler } from 'hono';
import * as v from 'valibot';
import { EmulatorError } from './emulator.error.js';
import { isJsonObject } from './json-object.js';

/** How many calls are remembered. */
const MAXIMUM_CALLS = 1_000;
const MAXIMUM_DELAY_MILLISECONDS = 60_000;

/**
 * A request that the emulator has answered.
 *
 * @publicApi
 */
export interface RecordedCall {
  /** The function of PropelAuth's client that makes this request, such as `validateApiKey`; `introspect` for tokens of MCP clients. */
  readonly name: string;
  /** The status of the response. */
  readonly status: number;
}

/**
 * How a call fails. With nothing but `delayMs`, the call is slow and does not fail.
 *
 * @publicApi
 */
export interface Failure {
  /** The status of the response. Default: 503; 200 with a `body`. */
  readonly status?: number;
  /** The header `Retry-After`, in seconds. Default: none. */
  readonly retryAfter?: number;
  /** The JSON body of the response. Default: `{}`. */
  readonly body?: object;
  /** How long the response takes, in milliseconds. Default: 0. */
  readonly delayMs?: number;
  /** How many calls fail; 0 for no more. Default: all until {@link Emulator.reset}. */
  readonly times?: number;
}

const FIELDS = {
  status: whole('status', 200, 599),
  retryAfter: whole('retryAfter', 0, 86_400),
  delayMs: whole('delayMs', 0, MAXIMUM_DELAY_MILLISECONDS),
  times: whole('times', 0, 1_000_000),
  body: v.optional(v.custom<object>(isJsonObject, 'body is not a JSON object.')),
};

const FAILURE: v.GenericSchema<Failure> = v.strictObject(FIELDS, ({ path }) => {
  const unknown = JSON.stringify(path?.at(-1)?.key);
  return `${unknown} is not a field of a fault. Use name, ${Object.keys(FIELDS).join(', ')}.`;
});

function whole(name: string, minimum: number, maximum: number) {
  const isInRange = (value: unknown) =>
    Number.isInteger(value) && Number(value) >= minimum && Number(value) <= maximum;
  const message = `${name} is not an integer from ${minimum} to ${maximum}.`;
  return v.optional(v.custom<number>(isInRange, message));
}

/** Records calls, and makes them fail on demand. */
export class Recorder {
  private readonly recorded: RecordedCall[] = [];
  private readonly names = new Set<string>();
  private readonly failures = new Map<string, { failure: Failure; remaining: number }>();

  /** The latest calls, oldest first. */
  get calls(): readonly RecordedCall[] {
    return this.recorded;
  }

  /** The names of all calls that can be made. */
  get supported(): string[] {
    return [...this.names];
  }

  /** @throws {EmulatorError} for an unknown call, and for a value that is not one of a {@link Failure} */
  fail(name: unknown, failure: Failure): void {
    if (typeof name !== 'string' || !this.names.has(name)) {
      const known = this.supported.toSorted().join(', ');
      throw new EmulatorError(
        `${JSON.stringify(name)} is not a call of the emulator. Use one of ${known}.`,
      );
    }
    const { issues } = v.safeParse(FAILURE, failure);
    if (issues !== undefined) throw new EmulatorError(issues[0].message);
    const { times: remaining = Infinity } = failure;
    if (remaining === 0) this.failures.delete(name);
    else this.failures.set(name, { failure, remaining });
  }

  reset(): void {
    this.recorded.length = 0;
    this.endFailures();
  }

  endFailures(): void {
    this.failures.clear();
  }

  /** Adds something that can fail. @returns what takes the failure of the next time, if one is planned */
  register(name: string): () => Failure | undefined {
    this.names.add(name);
    return () => this.take(name);
  }

  /** A middleware for an endpoint that can fail. */
  canFail(name: string): MiddlewareHandler {
    const take = this.register(name);
    return async (context, next) => {
      const failure = take();
      if (failure?.delayMs) await delay(failure.delayMs, context.req.raw.signal);
      if (failure === undefined || isDelayAlone(failure)) await next();
      else context.res = responseOf(failure);
    };
  }

  /** A middleware for an endpoint that can fail, and whose calls are recorded. */
  record(name: string): MiddlewareHandler {
    const canFail = this.canFail(name);
    return async (context, next) => {
      await canFail(context, next);
      this.recorded.push({ name, status: context.res.status });
      if (this.recorded.length > MAXIMUM_CALLS) this.recorded.shift();
    };
  }

  private take(name: string): Failure | undefined {
    const planned = this.failures.get(name);
    if (planned === undefined) return undefined;
    planned.remaining -= 1;
    if (planned.remaining <= 0) this.failures.delete(name);
    return planned.failure;
  }
}

function isDelayAlone({ status, body, delayMs }: Failure): boolean {
  return delayMs !== undefined && status === undefined && body === undefined;
}

function responseOf({ body, status = body ? 200 : 503, retryAfter }: Failure): Response {
  const headers = retryAfter === undefined ? undefined : { 'retry-after': String(retryAfter) };
  // With these statuses, a response has no body (Fetch standard, "null body status").
  if ([204, 205, 304].includes(status)) return new Response(null, { status, headers });
  return Response.json(body ?? {}, { status, headers });
}

function delay(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
