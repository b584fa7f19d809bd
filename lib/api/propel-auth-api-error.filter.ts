import { STATUS_CODES, type ServerResponse } from 'node:http';
import {
  Catch,
  HttpException,
  Logger,
  type ArgumentsHost,
  type ExceptionFilter,
} from '@nestjs/common';
import { throwError, type Observable } from 'rxjs';
import {
  PropelAuthApiError,
  PropelAuthApiRateLimitedError,
} from './propel-auth-api.errors.js';
import { graphqlErrorFor } from '../transport/graphql/graphql-error.js';
import { bodyOf, payloadFor } from '../transport/refusal-answers.js';
import { emitException, isNativeClient, isSocketIoClient } from '../transport/websocket/websocket-clients.js';

/** What Express and Fastify have in common. */
interface HttpResponse {
  header(name: string, value: string): unknown;
  status(code: number): HttpResponse;
  send(body: object): unknown;
  /** Under Fastify, the response of Node.js; under Express the response is it. */
  readonly raw?: ServerResponse;
}

/**
 * Answers whoever is waiting for a handler that failed with a {@link PropelAuthApiError}, and says no more than the error's `status` does:
 *
 * - HTTP requests, over Express and Fastify, with that status, and `Retry-After` where the wait is known;
 * - GraphQL operations with an error that has the code for it;
 * - clients of WebSocket gateways with the event `exception`;
 * - messages of microservices with an error, as an `RpcException` does.
 *
 * Errors from 500 on are logged, without what PropelAuth answered; of message handlers also the others, since nobody is told of a failed
 * event.
 *
 * For `app.useGlobalFilters()`, `APP_FILTER` and `@UseFilters()`. Nest's gateways know the last only. Without this filter Nest answers
 * each of these errors with 500, clients of gateways and microservices with "Internal server error", and GraphQL tells the error's message.
 *
 * @example
 * ```ts
 * const app = await NestFactory.create(AppModule);
 * app.useGlobalFilters(new PropelAuthApiErrorFilter());
 * ```
 *
 * @publicApi
 */
@Catch(PropelAuthApiError)
export class PropelAuthApiErrorFilter implements ExceptionFilter<PropelAuthApiError> {
  private readonly logger = new Logger('PropelAuth');

  /**
   * Gives the answer.
   *
   * @param error how the call failed
   * @param host the request or message that was being handled
   * @returns for a message of a microservice, the error to answer with
   * @throws for GraphQL, the error to answer with; the error itself where nobody knows how to answer
   */
  catch(error: PropelAuthApiError, host: ArgumentsHost): Observable<never> | void {
    const type = host.getType<string>();
    this.log(error, type);
    switch (type) {
      case 'http':
        // Not through the HTTP adapter, as BaseExceptionFilter does: a filter made with `new` is given none.
        return answerRequest(host.switchToHttp().getResponse<HttpResponse>(), error);
      case 'graphql':
        throw graphqlErrorFor(exceptionFor(error));
      case 'ws':
        return answerClient(error, host.getArgs<unknown[]>());
      case 'rpc':
        return throwError(() => bodyOf(exceptionFor(error)));
      default:
        throw error;
    }
  }

  private log(error: PropelAuthApiError, type: string): void {
    if (error.status >= 500) this.logger.error(error.message, error.stack);
    else if (type === 'rpc') this.logger.warn(error.message);
  }
}

function answerRequest(response: HttpResponse, error: PropelAuthApiError): void {
  const raw = response.raw ?? (response as unknown as ServerResponse);
  if (raw.headersSent) {
    // Too late for a status.
    raw.end();
    return;
  }
  if (error instanceof PropelAuthApiRateLimitedError && error.retryAfterSeconds !== undefined) {
    response.header('Retry-After', String(error.retryAfterSeconds));
  }
  response.status(error.status).send(bodyFor(error));
}

/** What a filter of a gateway throws, nobody catches: it tells the client itself. */
function answerClient(error: PropelAuthApiError, args: readonly unknown[]): void {
  const [client] = args;
  if (!isSocketIoClient(client) && !isNativeClient(client)) return;
  emitException(client, payloadFor(exceptionFor(error), args));
}

/** The error as Nest's exceptions are, with nothing of PropelAuth's about it that might be shown. */
function exceptionFor(error: PropelAuthApiError): HttpException {
  return new HttpException(bodyFor(error), error.status);
}

function bodyFor({ status }: PropelAuthApiError) {
  return { message: STATUS_CODES[status] ?? '', statusCode: status };
}
