import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ResolvedOptions } from '../options/resolved-options.js';
import { OpenStreams } from './open-streams.js';
import { OptionalPackages } from './optional-packages.js';

/** What calls need from the application to reject themselves, and to end their streams. */
@Injectable()
export class CallTools {
  // A private field: logging this object must not print the whole application.
  readonly #adapterHost: HttpAdapterHost;
  readonly debugMode: boolean;
  readonly errorCodes: boolean;

  constructor(
    adapterHost: HttpAdapterHost,
    readonly packages: OptionalPackages,
    readonly streams: OpenStreams,
    { debugMode, errorCodes }: ResolvedOptions,
  ) {
    this.#adapterHost = adapterHost;
    this.debugMode = debugMode;
    this.errorCodes = errorCodes;
  }

  get httpAdapter(): HttpAdapterHost['httpAdapter'] {
    return this.#adapterHost.httpAdapter;
  }
}
