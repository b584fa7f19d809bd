import { Refusal } from '../refusals/refusal.js';
import type { RequestHeaders } from '../transport/transport.interface.js';

/** Far more than an id, a time or the signatures of several secrets need. Svix compares each signature that a header lists. */
const MAXIMUM_HEADER_LENGTH = 1_024;

const NAMES = ['svix-id', 'svix-timestamp', 'svix-signature'] as const;

export type SvixHeaders = Record<(typeof NAMES)[number], string>;

/**
 * The headers of Svix alone: it also takes an id under other names, and then an event that is sent again would not be known
 * by its `svix-id`.
 *
 * @throws {Refusal} when one is missing, or is not a header of Svix
 */
export function readSvixHeaders({ headers }: RequestHeaders): SvixHeaders {
  return Object.fromEntries(
    NAMES.map((name) => {
      const value = headers[name];
      if (typeof value !== 'string' || value.length > MAXIMUM_HEADER_LENGTH) {
        throw new Refusal('webhook_invalid');
      }
      // Svix reads as much of it as is a number.
      if (name === 'svix-timestamp' && !/^\d+$/.test(value)) throw new Refusal('webhook_invalid');
      return [name, value];
    }),
  ) as SvixHeaders;
}
