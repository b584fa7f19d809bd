import { Injectable, type ExecutionContext, type HttpException } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { OptionalPackages } from './optional-packages.js';
import { transportOf } from './transport-of.js';

/** Turns exceptions into what the clients of each transport understand. */
@Injectable()
export class RefusalAnswers {
  constructor(
    readonly adapterHost: HttpAdapterHost,
    readonly packages: OptionalPackages,
  ) {}

  /** What to throw for an exception. */
  answerTo(exception: HttpException, context: ExecutionContext): unknown {
    return transportOf(context).answerTo(exception, context, this);
  }
}
