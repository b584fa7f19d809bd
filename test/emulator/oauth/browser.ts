/** A page, or what came instead. */
export interface Page {
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** A browser without JavaScript, as far as signing in needs one: it keeps cookies by path, follows redirects and submits forms. */
export class Browser {
  private readonly cookies = new Map<string, { pair: string; path: string }>();

  /**
   * @param origin of the pages. A redirect to another origin is not followed
   * @param headers sent with each request
   */
  constructor(
    private readonly origin: string,
    private readonly fetch: typeof globalThis.fetch,
    private readonly headers: Record<string, string> = {},
  ) {}

  open(url: string | URL): Promise<Page> {
    return this.go('GET', new URL(url));
  }

  /** Submits a form to a page, from that page unless `from` says otherwise. */
  submit(
    { url }: Page,
    fields: Record<string, string>,
    from: string | null = this.origin,
  ): Promise<Page> {
    return this.go('POST', new URL(url), new URLSearchParams(fields).toString(), from);
  }

  private async go(
    method: string,
    url: URL,
    body?: string,
    from: string | null = null,
  ): Promise<Page> {
    const response = await this.fetch(url, {
      method,
      body,
      redirect: 'manual',
      headers: {
        accept: 'text/html,application/xhtml+xml',
        cookie: this.cookiesFor(url),
        ...(body !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }),
        ...(from !== null && { origin: from }),
        ...this.headers,
      },
    });
    this.keepCookies(response, url);
    const location = response.headers.get('location');
    if (location === null || response.status < 300 || response.status > 399) {
      return {
        url: url.href,
        status: response.status,
        headers: response.headers,
        text: await response.text(),
      };
    }
    const next = new URL(location, url);
    if (next.origin === this.origin) return this.go('GET', next);
    return { url: next.href, status: response.status, headers: response.headers, text: '' };
  }

  private keepCookies({ headers }: Response, { pathname }: URL): void {
    for (const cookie of headers.getSetCookie()) {
      const [pair = '', ...attributes] = cookie.split('; ');
      const path = attributes.find((each) => /^path=/i.test(each))?.slice(5) ?? pathname;
      const [name = ''] = pair.split('=', 1);
      const isRemoval = attributes.some((each) => /1970|^max-age=0$/i.test(each));
      if (isRemoval) this.cookies.delete(`${name} ${path}`);
      else this.cookies.set(`${name} ${path}`, { pair, path });
    }
  }

  private cookiesFor({ pathname }: URL): string {
    return [...this.cookies.values()]
      .filter(({ path }) => pathname.startsWith(path))
      .map(({ pair }) => pair)
      .join('; ');
  }
}
