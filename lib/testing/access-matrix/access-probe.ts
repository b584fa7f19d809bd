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

/** The running call of `inProcess()`. All applications share one AsyncLocalStorage: on Node.js 20, each slows every promise. */
const callInProcess = new AsyncLocalStorage<{ probe: AccessProbe; call: ProbedCall }>();

/** Replaces the response of the handler. An exception ends every kind of response. */
export class HandlerReached extends HttpException {
  constructor() {
    super('The handler was reached, and did not run.', HttpStatus.OK);
  }
}

/**
 * Ends the calls of `toHold()` after all guards, before pipes and handlers, and records the guard's decisions about them. Other calls pass
 * unchanged.
 */
export class AccessProbe implements NestInterceptor, OnApplicationBootstrap {
  /** Whether the application is initialized, so that calls reach its handlers. */
  isReady = false;
  #lastRun: Promise<unknown> = Promise.resolve();
  readonly #requests = new Map<string, ProbedCall>();
  /** The pending GraphQL operation. Operations are sent one at a time. */
  #operation: ProbedCall | undefined;

  constructor(readonly emulator: TestEmulator) {}

  onApplicationBootstrap(): void {
    this.isReady = true;
  }

  /** Runs after all earlier runs have ended: runs share an emulator, and perhaps a server that is open for a while. */
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
   * Makes a call by a request, over any transport.
   *
   * @param send sends the request with the headers, and resolves with its response
   * @returns how far the call came
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
   * Makes a GraphQL operation by a request. If the application's context value hides the request headers, all GraphQL calls in the meantime
   * count as this operation, because no resolver may run.
   *
   * @param send as for {@link overNetwork}
   * @returns how far the operation came
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

  /** Makes a call within this process. Its errors are ignored. */
  async inProcess(run: () => unknown): Promise<ProbedCall> {
    const call = new ProbedCall();
    await callInProcess.run({ probe: this, call }, async () => {
      try {
        await run();
      } catch {
        // The recorded decisions and reached handlers say more than the error.
      }
    });
    return call;
  }

  /** Records a decision of the guard about a call of `toHold()`; `false` for other calls. */
  notes(decision: Decision, verdict: Omit<ObservedDecision, keyof CalledHandler>): boolean {
    const call = this.#callOf(decision.context);
    call?.decisions.push({ ...calledHandlerOf(decision.context), ...verdict });
    return call !== undefined;
  }

  /** Whether a call is one of `toHold()`. */
  isOf(context: ExecutionContext): boolean {
    return this.#callOf(context) !== undefined;
  }

  #callOf(context: ExecutionContext): ProbedCall | undefined {
    const inProcess = callInProcess.getStore();
    if (inProcess?.probe === this) return inProcess.call;
    return (
      this.#requests.get(probeIdOf(context)) ?? (isGraphql(context) ? this.#operation : undefined)
    );
  }
}

/** Reads the raw headers if a middleware has removed the header, because the handler must not run. */
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
