import type { IssuerSecrets } from './issuer/token-issuer.js';
import type { Seed } from './seed/seed.js';

/**
 * Options of `createEmulator()`.
 *
 * @publicApi
 */
export interface EmulatorOptions {
  /**
   * The initial users, organizations, API keys and roles: a {@link Seed}, or the path of a JSON file with one, absolute or relative to the
   * working directory. Default: the roles `Owner`, `Admin` and `Member`, and nothing else.
   */
  readonly seed?: string | Seed;
  /** The auth URL, which is also the issuer of the tokens. Default: `https://auth.example.com`. */
  readonly authUrl?: string;
  /**
   * Origins of pages that may use the emulator, besides those of this machine, such as `https://app.example.com`: they may read responses,
   * and browsers may be sent to them. Default: none.
   */
  readonly allowedOrigins?: readonly string[];
  /**
   * Where your application receives webhooks: a URL of this machine or of one of the `allowedOrigins`. Every change is sent there, signed with
   * `issuer.webhookSecret`, in order, and again until the application accepts it. Default: changes are not sent.
   */
  readonly webhooks?: string;
  /** @internal The URL of the application that curl commands call. */
  readonly call?: string;
  /** @internal Prints a line on the terminal. */
  readonly say?: (line: string) => void;
  /** @internal Secrets that outlive this process. */
  readonly secrets?: IssuerSecrets;
}
