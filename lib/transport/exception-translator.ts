import { Injectable, type ExecutionContext, type HttpException } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { OptionalPackages } from './optional-packages.js';
import { transportOf } from './transport-of.js';

/** Turns exceptions into what the clients of each transport understand. */
@Injectable()
export class ExceptionTranslator {
  constructor(
    readonly adapterHost: HttpAdapterHost,
    readonly packages: OptionalPackages,
  ) {}

  /** What to throw for an exception. */
  translate(exception: HttpException, context: ExecutionContext): unknown {
    return transportOf(context).translate(exception, context, this);
  }
}
