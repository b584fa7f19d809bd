import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import {
  HttpException,
  HttpStatus,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { Observable } from 'rxjs';
import type { Decision } from '../../decision/decision.js';
import { resolverArgumentsOf } from '../../transports/graphql/resolver-arguments.js';
import { rootKeyOf } from '../../transports/graphql/graphql-operations.js';
import { callOf } from '../../transports/call-of.js';
import type { TestEmulator } from '../test-emulator.js';
import { ProbedCall, type CalledHandler, type ObservedDecision } from './probed-call.js';

/** The header that marks a request as one of `toHold()`. */
const PROBE_HEADER = 'x-propelauth-probe';

/** The call of `inProcess()` that the running code belongs to. One AsyncLocalStorage for all applications: on Node.js 20, each slows every promise. */
const callInProcess = new AsyncLocalStorage<{ probe: AccessProbe; call: ProbedCall }>();

/** What a call gets that would have reached its handler. An exception, since that ends every kind of response. */
export class HandlerReached extends HttpException {
  constructor() {
    super('The handler was reached, and did not run.', HttpStatus.OK);
  }
}

/**
 * Answers the calls of `toHold()` after all guards, before pipes and handlers, and notes what the guard decides about them. Other calls pass as
 * if it were not there.
 */
export class AccessProbe implements NestInterceptor, OnApplicationBootstrap {
  /** Whether the application is initialized, so that calls reach its handlers. */
  isReady = false;
  #lastRun: Promise<unknown> = Promise.resolve();
  readonly #requests = new Map<string, ProbedCall>();
  /** The operation of GraphQL that is under way: one after the other is. */
  #operation: ProbedCall | undefined;

  constructor(readonly emulator: TestEmulator) {}

  onApplicationBootstrap(): void {
    this.isReady = true;
  }

  /** Runs after those runs that have begun: they share an emulator, and perhaps a server that is open for a while. */
  exclusively<Result>(run: () => Promise<Result>): Promise<Result> {
    const result = this.#lastRun.then(run);
    this.#lastRun = result.catch(() => {});
    return result;
  }

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const call = this.#callOf(context);
    if (call === undefined) return next.handle();
    call.reached.push({ ...calledHandlerOf(context), args: context.getArgs() });
    throw new HandlerReached();
  }

  /**
   * Makes a call by a request, whatever its transport.
   *
   * @param send sends the request with these headers, and resolves when the response is there
   * @returns how far it came
   */
  async overNetwork(
    send: (headers: Record<string, string>) => Promise<unknown>,
  ): Promise<ProbedCall> {
    const id = randomUUID();
    const call = new ProbedCall();
    this.#requests.set(id, call);
    try {
      await send({ [PROBE_HEADER]: id });
    } finally {
      this.#requests.delete(id);
    }
    return call;
  }

  /**
   * Makes a GraphQL operation by a request. Where the application's context value hides the headers of the request, operations that come
   * meanwhile are taken for this one: no resolver may run.
   *
   * @param send as of {@link overNetwork}
   * @returns how far it came
   */
  operation(send: (headers: Record<string, string>) => Promise<unknown>): Promise<ProbedCall> {
    return this.overNetwork(async (headers) => {
      this.#operation = this.#requests.get(headers[PROBE_HEADER] as string);
      try {
        await send(headers);
      } finally {
        this.#operation = undefined;
      }
    });
  }

  /** Makes a call within this process. What it throws is part of the answer, and no matter here. */
  async inProcess(run: () => unknown): Promise<ProbedCall> {
    const call = new ProbedCall();
    await callInProcess.run({ probe: this, call }, async () => {
      try {
        await run();
      } catch {
        // The decisions and the reached handlers tell more.
      }
    });
    return call;
  }

  /** Notes a decision of the guard about one of the calls; `false` for other calls. */
  notes(decision: Decision, verdict: Omit<ObservedDecision, keyof CalledHandler>): boolean {
    const call = this.#callOf(decision.context);
    call?.decisions.push({ ...calledHandlerOf(decision.context), ...verdict });
    return call !== undefined;
  }

  #callOf(context: ExecutionContext): ProbedCall | undefined {
    const inProcess = callInProcess.getStore();
    if (inProcess?.probe === this) return inProcess.call;
    return (
      this.#requests.get(probeIdOf(context)) ?? (isGraphql(context) ? this.#operation : undefined)
    );
  }
}

/** From the raw headers where a middleware has removed the header: the handler must not run. */
function probeIdOf(context: ExecutionContext): string {
  const { request } = callOf(context);
  const rawHeaders = request?.rawHeaders ?? request?.raw?.rawHeaders ?? [];
  const index = rawHeaders.findIndex((name) => name.toLowerCase() === PROBE_HEADER);
  return String(request?.headers[PROBE_HEADER] ?? (index < 0 ? undefined : rawHeaders[index + 1]));
}

function calledHandlerOf(context: ExecutionContext): CalledHandler {
  const called = { controller: context.getClass(), handler: context.getHandler() };
  const info = isGraphql(context) ? resolverArgumentsOf(context).info : undefined;
  return info === undefined ? called : { ...called, rootKey: rootKeyOf(info) };
}

function isGraphql(context: ExecutionContext): boolean {
  return context.getType<string>() === 'graphql';
}
