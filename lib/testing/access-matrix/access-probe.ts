import { randomUUID } from 'node:crypto';
import {
  HttpException,
  HttpStatus,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
  type Type,
} from '@nestjs/common';
import type { Observable } from 'rxjs';
import type { DescribedHandler } from '../../startup/access-descriptions.js';
import { callOf } from '../../transports/call-of.js';
import { resolverArgumentsOf } from '../../transports/graphql/resolver-arguments.js';
import type { TestEmulator } from '../test-emulator.js';

/** The handler of a call, as Nest passes it to guards and interceptors. */
export type CalledHandler = Pick<DescribedHandler, 'controller' | 'handler'>;

/** A decision of the guard. */
export interface ObservedDecision extends CalledHandler {
  readonly isAllowed: boolean;
  /** The kind of the caller; `undefined` if none was identified. */
  readonly callerKind: string | undefined;
  /** The reason of the rejection. */
  readonly reason?: string;
}

/** A call of `toHold()`, and how far it came. */
export interface ProbedCall {
  /** The id of the organization that the call names. */
  readonly orgId: string;
  /** Of each `@RequireAnyOf()`, the index of the branch that may let in. */
  readonly branches: readonly number[];
  /** The rule of the application that denies the call. Default: none. */
  readonly denied: string | undefined;
  readonly decisions: ObservedDecision[];
  /** The handlers that would have run. */
  readonly reached: CalledHandler[];
}

/** The header that marks a request as one of `toHold()`. A GraphQL operation also has the mark as its name: its context may have no headers. */
export const PROBE_HEADER = 'x-propelauth-probe';

const NOT_AWAITED =
  'toHold() was not awaited, so the test passes whatever it finds. Write await expectAccess(app).toHold().';

/** Replaces the response of a handler. An exception ends every kind of response. */
export class HandlerReached extends HttpException {
  constructor() {
    // With this status, a cache that keeps responses by URL alone is found: it gives the response to the next caller.
    super('The handler was reached, and did not run.', HttpStatus.OK);
    // An exception filter may log it.
    this.stack = String(this);
  }
}

/**
 * Ends the calls of `toHold()` before their handlers. A call is known by the mark that it carries, so it is ended even long after its
 * response was sent. Calls without a mark pass unchanged.
 */
export class AccessProbe implements NestInterceptor, OnApplicationBootstrap, OnModuleDestroy {
  /** Whether the application is initialized, so that calls reach its handlers. */
  isReady = false;
  /** The rules of the application that are not replaced. */
  realRules: readonly Type[] = [];
  /** Only calls of this application's `toHold()` begin with it. It is also a valid beginning of a GraphQL name. */
  readonly #mark = `toHold_${randomUUID().replaceAll('-', '')}_`;
  readonly #calls = new Map<string, ProbedCall>();
  #running = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(readonly emulator: TestEmulator) {}

  onApplicationBootstrap(): void {
    this.isReady = true;
  }

  async onModuleDestroy(): Promise<void> {
    this.isReady = false;
    if (this.#running === 0) return;
    // Nest only logs what this method throws. Test runners fail a test for a rejection that nobody handles while it is running.
    void Promise.reject(new Error(NOT_AWAITED));
    await new Promise((resolve) => setImmediate(resolve));
  }

  /** Runs `toHold()` after earlier runs: they share an emulator, and perhaps a server that is open for a while. */
  async run<Result>(run: () => Promise<Result>): Promise<Result> {
    this.#running += 1;
    const result = this.#last.then(run).finally(() => (this.#running -= 1));
    this.#last = result.catch(() => {});
    return result;
  }

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const call = this.callOf(context);
    if (call === undefined) return next.handle();
    call.reached.push(calledHandlerOf(context));
    throw new HandlerReached();
  }

  /** Begins a call that leads to a handler, and returns its mark. */
  begin(call: ProbedCall): string {
    const mark = `${this.#mark}${this.#calls.size}`;
    this.#calls.set(mark, call);
    return mark;
  }

  /** The call of `toHold()` that a context belongs to; `undefined` for other calls, and from code. */
  callOf(context: ExecutionContext | null): ProbedCall | undefined {
    const mark = context && (markInHeader(context) ?? markInOperation(context));
    return this.#calls.get(mark ?? '');
  }
}

/** The handler of a call, as Nest passes it to guards and interceptors. */
export function calledHandlerOf(context: ExecutionContext): CalledHandler {
  return { controller: context.getClass(), handler: context.getHandler() };
}

function markInOperation(context: ExecutionContext): string | undefined {
  if (context.getType<string>() !== 'graphql') return undefined;
  return resolverArgumentsOf(context).info?.operation.name?.value;
}

function markInHeader(context: ExecutionContext): string | undefined {
  const { request } = callOf(context);
  // A middleware may have removed the header.
  const rawHeaders = request?.rawHeaders ?? request?.raw?.rawHeaders ?? [];
  const index = rawHeaders.findIndex((name) => name.toLowerCase() === PROBE_HEADER);
  return index < 0 ? undefined : rawHeaders[index + 1];
}
