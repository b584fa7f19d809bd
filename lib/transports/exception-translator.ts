import { Injectable, type ExecutionContext, type HttpException } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { OptionalPackages } from './optional-packages.js';
import { CHALLENGE_HEADER, hasChallenge } from '../rejections/exception-for.js';
import { exposeHeader } from './http/exposed-headers.js';
import { isHttpRequest } from './http/http.transport.js';
import { transportOf } from './transport-of.js';

/** Turns exceptions into what the clients of each transport understand. */
@Injectable()
export class ExceptionTranslator {
  // A private field: printing this must not print all that the application is made of.
  readonly #adapterHost: HttpAdapterHost;

  constructor(
    adapterHost: HttpAdapterHost,
    private readonly packages: OptionalPackages,
  ) {
    this.#adapterHost = adapterHost;
  }

  /** What to throw for an exception. */
  translate(exception: HttpException, context: ExecutionContext): unknown {
    return transportOf(context).translate(exception, context, {
      adapterHost: this.#adapterHost,
      packages: this.packages,
    });
  }

  /** Lets web pages read the challenge of an exception, if there is one: MCP clients in browsers need it. */
  exposeChallenge(exception: HttpException, context: ExecutionContext): void {
    if (!isHttpRequest(context) || !hasChallenge(exception)) return;
    const response = context.switchToHttp().getResponse<unknown>();
    exposeHeader(this.#adapterHost.httpAdapter, response, CHALLENGE_HEADER);
  }
}
