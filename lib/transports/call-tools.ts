import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ResolvedOptions } from '../options/resolved-options.js';
import { OpenStreams } from './open-streams.js';
import { OptionalPackages } from './optional-packages.js';

/** What calls need of the application to reject and to end what they keep open. */
@Injectable()
export class CallTools {
  // A private field: printing this must not print all that the application is made of.
  readonly #adapterHost: HttpAdapterHost;
  readonly debugMode: boolean;

  constructor(
    adapterHost: HttpAdapterHost,
    readonly packages: OptionalPackages,
    readonly streams: OpenStreams,
    { debugMode }: ResolvedOptions,
  ) {
    this.#adapterHost = adapterHost;
    this.debugMode = debugMode;
  }

  get httpAdapter(): HttpAdapterHost['httpAdapter'] {
    return this.#adapterHost.httpAdapter;
  }
}
