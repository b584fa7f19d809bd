import type { IncomingMessage } from 'node:http';

/** A cookie of the application, which scripts cannot read and other sites cannot use. */
export class LocalCookie {
  private readonly isSecure: boolean;

  /**
   * @param name browsers send cookies to all servers of a hostname, whatever their ports: each project has names of its own
   * @param origin the origin of the application
   */
  constructor(
    private readonly name: string,
    origin: string,
  ) {
    this.isSecure = origin.startsWith('https:');
  }

  /** The values in a request. A request can have several cookies with one name. */
  valuesIn({ headers }: IncomingMessage): string[] {
    const prefix = `${this.name}=`;
    return (headers.cookie ?? '')
      .split(';')
      .map((cookie) => cookie.trim())
      .filter((cookie) => cookie.startsWith(prefix))
      .map((cookie) => cookie.slice(prefix.length));
  }

  /** The value of a `Set-Cookie` header. */
  headerFor(value: string, lifetimeSeconds: number): string {
    const attributes = ['HttpOnly', 'SameSite=Lax', 'Path=/', `Max-Age=${lifetimeSeconds}`];
    if (this.isSecure) attributes.push('Secure');
    return [`${this.name}=${value}`, ...attributes].join('; ');
  }

  /** The value of a `Set-Cookie` header that removes it. */
  get removal(): string {
    return this.headerFor('', 0);
  }
}
