import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';

/** How an HTTP adapter is told whether to keep the bodies of requests as they came. */
interface BodyParsing {
  registerParserMiddleware?(prefix?: string, rawBody?: boolean): unknown;
  useBodyParser?(type: unknown, rawBody: boolean, ...more: unknown[]): unknown;
}

/**
 * Notices whether the application was made with `rawBody: true`. Nest tells nobody but the HTTP adapter, when it registers the
 * body parsers; so this looks on.
 */
@Injectable()
export class RawBodyWatch {
  private readonly seen = new Set<boolean>();

  constructor(adapterHost: HttpAdapterHost) {
    adapterHost.init$.subscribe(() => this.watch(adapterHost.httpAdapter as BodyParsing));
  }

  /** Whether all body parsers that Nest registered throw the bodies away as they came. Other parsers say nothing. */
  get isRawBodyLost(): boolean {
    return this.seen.has(false) && !this.seen.has(true);
  }

  private watch(adapter: BodyParsing): void {
    const registerParsers = adapter.registerParserMiddleware?.bind(adapter);
    if (registerParsers !== undefined) {
      adapter.registerParserMiddleware = (prefix, rawBody) => {
        this.seen.add(rawBody === true);
        return registerParsers(prefix, rawBody);
      };
    }
    const useParser = adapter.useBodyParser?.bind(adapter);
    if (useParser !== undefined) {
      adapter.useBodyParser = (type, rawBody, ...more) => {
        this.seen.add(rawBody);
        return useParser(type, rawBody, ...more);
      };
    }
  }
}
