import { STATUS_CODES, type ServerResponse } from 'node:http';
import { Catch, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { PropelAuthApiError, PropelAuthApiRateLimitedError } from './propel-auth-api.errors.js';

/** What Express and Fastify have in common. */
interface HttpResponse {
  header(name: string, value: string): unknown;
  status(code: number): HttpResponse;
  send(body: object): unknown;
  /** Under Fastify, the response of Node.js; under Express the response is it. */
  readonly raw?: ServerResponse;
}

/**
 * Answers requests whose handler failed with a {@link PropelAuthApiError}: with its `status`, and `Retry-After` where the wait is known.
 * The body says no more than the status does. Errors from 500 on are logged, without what PropelAuth answered.
 *
 * For `app.useGlobalFilters()`, `APP_FILTER` and `@UseFilters()`, over Express and Fastify. Where it is not about HTTP the error goes on.
 * Without this filter Nest answers each of these errors with 500.
 *
 * @example
 * ```ts
 * const app = await NestFactory.create(AppModule);
 * app.useGlobalFilters(new PropelAuthExceptionFilter());
 * ```
 *
 * @publicApi
 */
@Catch(PropelAuthApiError)
export class PropelAuthExceptionFilter implements ExceptionFilter<PropelAuthApiError> {
  private readonly logger = new Logger('PropelAuth');

  /**
   * Writes the answer.
   *
   * @param error how the call failed
   * @param host the request that was being handled
   * @throws the error itself where it is not about HTTP
   */
  catch(error: PropelAuthApiError, host: ArgumentsHost): void {
    if (host.getType() !== 'http') throw error;
    if (error.status >= 500) this.logger.error(error.message, error.stack);
    // Not through the HTTP adapter, as BaseExceptionFilter does: a filter made with `new` is given none.
    answer(host.switchToHttp().getResponse<HttpResponse>(), error);
  }
}

function answer(response: HttpResponse, error: PropelAuthApiError): void {
  const raw = response.raw ?? (response as unknown as ServerResponse);
  if (raw.headersSent) {
    // Too late for a status.
    raw.end();
    return;
  }
  if (error instanceof PropelAuthApiRateLimitedError && error.retryAfterSeconds !== undefined) {
    response.header('Retry-After', String(error.retryAfterSeconds));
  }
  response
    .status(error.status)
    .send({ message: STATUS_CODES[error.status], statusCode: error.status });
}
