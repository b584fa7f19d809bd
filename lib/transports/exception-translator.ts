import { Injectable, type ExecutionContext, type HttpException } from '@nestjs/common';
import { HttpAdapterHost, type AbstractHttpAdapter } from '@nestjs/core';
import { OptionalPackages } from './optional-packages.js';
import { CHALLENGE_HEADER, hasChallenge } from '../rejections/exception-for.js';
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

const NAME = 'Access-Control-Expose-Headers';

/** Lets web pages read a header of a response, besides those that the application's CORS lets them read. */
export function exposeHeader(
  adapter: Pick<AbstractHttpAdapter, 'getHeader' | 'setHeader'>,
  response: unknown,
  header: string,
): void {
  const present: unknown = adapter.getHeader(response, NAME);
  // One that was set several times is a list.
  const names = [present ?? []].flat().map(String).flatMap(namesIn);
  if (names.some((name) => name.toLowerCase() === header.toLowerCase())) return;
  adapter.setHeader(response, NAME, [...names, header].join(', '));
}

function namesIn(value: string): string[] {
  return value
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
}
