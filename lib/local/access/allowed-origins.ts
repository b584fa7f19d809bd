/** The origins of the pages that may use the local PropelAuth. */
export class AllowedOrigins {
  private readonly frontEnds: ReadonlySet<string>;

  /**
   * @param own the origin of the application, which has the sign-in page
   * @param frontEnds the option `allowedOrigins`: origins of front ends in development
   */
  constructor(
    readonly own: string,
    frontEnds: readonly string[],
  ) {
    this.frontEnds = new Set(frontEnds);
  }

  /** Whether a page may send a request. A request without an `Origin` header comes from no page of another origin. */
  mayCall(origin: string | undefined): boolean {
    return origin === undefined || this.maySendForms(origin);
  }

  /** Whether a page is the application's own, or is served for it by a front end. Only such pages may send forms. */
  maySendForms(origin: string | undefined): boolean {
    return origin === this.own || this.mayRead(origin);
  }

  /** Whether the browser may be sent to a page. */
  mayReturnTo(origin: string): boolean {
    return this.maySendForms(origin);
  }

  /** The front end that is named first. */
  get firstFrontEnd(): string | undefined {
    const [first] = this.frontEnds;
    return first;
  }

  /** Whether a front end may read responses (CORS). */
  mayRead(origin: string | undefined): origin is string {
    return origin !== undefined && this.frontEnds.has(origin);
  }
}

/** With these, a browser lets a page of the origin read a response to a request with cookies (Fetch standard, "CORS protocol"). */
export function corsHeadersFor(origin: string): Record<string, string> {
  return {
    'Access-Control-Allow-Origin': origin,
    'Access-Control-Allow-Credentials': 'true',
  };
}
