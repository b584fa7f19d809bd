import { Rejection } from '../../rejections/rejection.js';
import type { RequestHeaders } from '../../transports/request-headers.js';

/** What is used of the package `svix`, which is optional: its types may not be there either. */
export interface Svix {
  readonly Webhook: new (secret: string) => {
    /** @throws when the signature is not one of this payload, or not a fresh one */
    verify(payload: string, headers: Record<string, string>): unknown;
    sign(messageId: string, sentAt: Date, payload: string): string;
  };
}

/** Version 2 is an ES module, which Jest cannot load in CommonJS on Node.js 20. */
const HOW_TO_INSTALL =
  'Run npm install svix; if it is installed, Jest in CommonJS needs version 1: npm install svix@1.';

/** The message about a package `svix` that {@link loadSvix} did not load, for the decorator or function that needs it. */
export function describeMissingSvix(needing: string): string {
  return `${needing} needs the package svix, which is missing or cannot be loaded. ${HOW_TO_INSTALL}`;
}

/** The package `svix`; `undefined` when it is not installed, or cannot be loaded. */
export async function loadSvix(): Promise<Svix | undefined> {
  try {
    const { Webhook } = await import('svix');
    // Not the module itself: explorers of Nest look at the constructor of every provider, and a module has none.
    return { Webhook };
  } catch {
    return undefined;
  }
}

/** Far more than an id, a time or the signatures of several secrets need. Svix compares each signature that a header lists. */
const MAXIMUM_HEADER_LENGTH = 1_024;

/** As Svix has it, on either side. */
const TOLERANCE_SECONDS = 5 * 60;

/** Svix separates the signatures of several secrets by spaces; this is one of those that its package compares. */
const SIGNATURE = /^v1,[A-Za-z0-9+/]{43}=$/;

const NAMES = ['svix-id', 'svix-timestamp', 'svix-signature'] as const;

export type SvixHeaders = Record<(typeof NAMES)[number], string>;

/**
 * The headers of Svix alone: it also takes an id under other names, and then an event that is sent again would not be known
 * by its `svix-id`. Their form and age are checked here, since reading and hashing the body costs more.
 *
 * @throws {Rejection} when one is missing or is not a header of Svix, and when the time is not one of the last or next five minutes
 */
export function readSvixHeaders({ headers }: RequestHeaders): SvixHeaders {
  const values = NAMES.map((name) => headers[name]);
  if (!values.every(isShortText)) throw new Rejection('webhook_invalid');
  const [id, timestamp, signatures] = values as [string, string, string];
  if (!isFresh(timestamp) || !signatures.split(' ').some((one) => SIGNATURE.test(one))) {
    throw new Rejection('webhook_invalid');
  }
  return { 'svix-id': id, 'svix-timestamp': timestamp, 'svix-signature': signatures };
}

function isShortText(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && value.length <= MAXIMUM_HEADER_LENGTH;
}

function isFresh(timestamp: string): boolean {
  // Svix reads as much of it as is a number.
  if (!/^\d+$/.test(timestamp)) return false;
  const now = Math.floor(Date.now() / 1000);
  return Math.abs(now - Number(timestamp)) <= TOLERANCE_SECONDS;
}
