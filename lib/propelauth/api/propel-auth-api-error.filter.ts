import { STATUS_CODES, type ServerResponse } from 'node:http';
import {
  Catch,
  HttpException,
  Optional,
  type ArgumentsHost,
  type ExceptionFilter,
} from '@nestjs/common';
import { throwError, type Observable } from 'rxjs';
import { ResolvedOptions } from '../../options/resolved-options.js';
import { graphqlErrorFor } from '../../transports/graphql/graphql-error.js';
import { rpcErrorFor } from '../../transports/microservices/rpc-exception.js';
import { emitException } from '../../transports/websockets/websocket-exception.js';
import { isSocketClient } from '../../transports/websockets/websocket-clients.js';
import { LimitedLog } from '../../values/limited-log.js';
import { loggableError } from '../../values/loggable.js';
import { PropelAuthApiError } from './propel-auth-api.error.js';

/** The methods that Express and Fastify responses share. */
interface HttpResponse {
  header(name: string, value: string): unknown;
  status(code: number): HttpResponse;
  send(body: object): unknown;
  /** Node's response under Fastify. An Express response has no `raw`: it is Node's response itself. */
  readonly raw?: ServerResponse;
}

/**
 * Returns the `status` of a {@link PropelAuthApiError} that a handler throws. With `debugMode`, the body also has its `code` as `reason`.
 * Nothing else about the error reaches the client:
 *
 * - HTTP requests, over Express and Fastify, get the status, and `Retry-After` if `retryAfterSeconds` is known;
 * - GraphQL operations get an error with the code of the status;
 * - clients of WebSocket gateways get the event `exception`;
 * - messages of microservices get an error, as from an `RpcException`.
 *
 * Errors with a status of 500 or more are logged without PropelAuth's response, the same error at most once a minute. For messages of
 * microservices all errors are logged, because the sender of an event gets no error.
 *
 * Register it with `APP_FILTER` or `@UseFilters()`. With `app.useGlobalFilters()` it does not know `debugMode`. Gateways support
 * `@UseFilters()` only. Without this filter, HTTP requests get 500, clients of gateways and microservices get "Internal server error", and
 * GraphQL clients get the error's message.
 *
 * @example
 * ```ts
 * @Module({ providers: [{ provide: APP_FILTER, useClass: PropelAuthApiErrorFilter }] })
 * export class AppModule {}
 * ```
 *
 * @publicApi
 */
@Catch(PropelAuthApiError)
export class PropelAuthApiErrorFilter implements ExceptionFilter<PropelAuthApiError> {
  private readonly lines = new LimitedLog();
  private readonly debugMode: boolean;

  /** @hidden Nest's injector calls it. An instance that you create yourself ignores `debugMode`. */
  constructor(@Optional() options?: ResolvedOptions) {
    this.debugMode = options?.debugMode ?? false;
  }

  /**
   * Returns the status to the client. Nest calls it.
   *
   * @param error why the call failed
   * @param host the request or message that was handled
   * @returns for a message of a microservice, the error for its sender
   * @throws for GraphQL, the error for the client; for other types of calls, the error itself
   */
  catch(error: PropelAuthApiError, host: ArgumentsHost): Observable<never> | void {
    const type = host.getType<string>();
    this.log(error, type);
    switch (type) {
      case 'http':
        // Without the HTTP adapter that BaseExceptionFilter uses: a filter made with `new` has none.
        return answerRequest(
          host.switchToHttp().getResponse<HttpResponse>(),
          error,
          this.bodyFor(error),
        );
      case 'graphql':
        throw graphqlErrorFor(this.exceptionFor(error));
      case 'ws':
        return answerClient(this.exceptionFor(error), host.getArgs<unknown[]>());
      case 'rpc':
        return throwError(() => rpcErrorFor(this.exceptionFor(error), host.getArgs<unknown[]>()));
      default:
        throw error;
    }
  }

  private log(error: PropelAuthApiError, type: string): void {
    const { message, stack } = loggableError(error);
    if (error.status >= 500) this.lines.error(message, stack);
    else if (type === 'rpc') this.lines.warn(message);
  }

  /** Wraps the body in an exception of Nest. */
  private exceptionFor(error: PropelAuthApiError): HttpException {
    return new HttpException(this.bodyFor(error), error.status);
  }

  private bodyFor({ status, code }: PropelAuthApiError): object {
    return {
      message: STATUS_CODES[status] ?? '',
      statusCode: status,
      ...(this.debugMode && { reason: code }),
    };
  }
}

function answerRequest(response: HttpResponse, error: PropelAuthApiError, body: object): void {
  const raw = response.raw ?? (response as unknown as ServerResponse);
  if (raw.headersSent) {
    // The response has started, so its status can no longer change.
    raw.end();
    return;
  }
  if (error.retryAfterSeconds !== undefined) {
    response.header('Retry-After', String(error.retryAfterSeconds));
  }
  response.status(error.status).send(body);
}

/** Sends the event `exception` itself, because Nest does not catch exceptions thrown by the filter of a gateway. */
function answerClient(exception: HttpException, args: readonly unknown[]): void {
  const [client] = args;
  if (!isSocketClient(client)) return;
  emitException(client, exception, args);
}
