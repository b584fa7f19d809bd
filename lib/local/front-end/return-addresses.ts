import { BadRequestException } from '@nestjs/common';
import type { AllowedOrigins } from '../access/allowed-origins.js';

/** Where the browser goes from a page of the local PropelAuth. */
export class ReturnAddresses {
  /** @param origins the origins to which the browser may be sent */
  constructor(private readonly origins: AllowedOrigins) {}

  /** Where the browser goes if the front end does not say where. In PropelAuth, you set it in the dashboard. */
  get home(): string {
    return this.origins.firstFrontEnd ?? `${this.origins.own}/propelauth/pages/account`;
  }

  /**
   * Reads the parameter `rt` of a front end: a URL in base64, as of `btoa()`.
   *
   * @throws {BadRequestException} for a URL of another origin
   */
  read(encoded: string | undefined): string {
    if (encoded === undefined) return this.home;
    const text = Buffer.from(encoded, 'base64').toString('latin1');
    const url = URL.canParse(text) ? new URL(text) : undefined;
    // Not its "origin", which a blob: URL shares with the page that made it.
    if (url !== undefined && this.origins.mayReturnTo(`${url.protocol}//${url.host}`)) {
      return url.href;
    }
    throw new BadRequestException(
      `The parameter rt is ${JSON.stringify(text)}, which is not a page of this application or of an allowed front end. Add the origin ` +
        'of the front end to allowedOrigins of LocalPropelAuthModule.forRoot().',
    );
  }

  /** The parameter `rt` for a page of the application itself. */
  encode(path: string): string {
    return Buffer.from(this.origins.own + path, 'latin1').toString('base64');
  }
}
