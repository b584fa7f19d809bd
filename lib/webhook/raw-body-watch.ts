import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';

/** How an HTTP adapter is told whether to keep the bodies of requests as they came. */
interface BodyParsing {
  registerParserMiddleware?(prefix?: string, rawBody?: boolean): unknown;
  useBodyParser?(type: unknown, rawBody: boolean, ...more: unknown[]): unknown;
}

/** The adapter of an application, as it can be. */
interface AdapterOf {
  readonly httpAdapter: BodyParsing | null | undefined;
}

/**
 * Notices whether the application was made with `rawBody: true`. Nest tells nobody but the HTTP adapter, when it registers the
 * body parsers; so this looks on.
 */
@Injectable()
export class RawBodyWatch {
  private readonly seen = new Set<boolean>();

  constructor(adapterHost: HttpAdapterHost) {
    const { httpAdapter } = adapterHost as AdapterOf;
    // An application without HTTP has `null`, and a testing module none so far.
    if (httpAdapter) this.watch(httpAdapter);
    else if (httpAdapter === undefined) this.watchLater(adapterHost);
  }

  /** Whether all body parsers that Nest registered throw the bodies away as they came. Other parsers say nothing. */
  get isRawBodyLost(): boolean {
    return this.seen.has(false) && !this.seen.has(true);
  }

  /** Whether a body parser that Nest registered keeps the bodies as they came. */
  get areKept(): boolean {
    return this.seen.has(true);
  }

  /** Nest before 11.1.4 does not say when: in its testing module a start is not stopped there, but requests are still refused. */
  private watchLater(adapterHost: HttpAdapterHost): void {
    const { init$ } = adapterHost as Partial<HttpAdapterHost>;
    init$?.subscribe(() => {
      const { httpAdapter } = adapterHost as AdapterOf;
      if (httpAdapter) this.watch(httpAdapter);
    });
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
