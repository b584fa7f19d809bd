import { Rejection } from '../../rejections/rejection.js';
import type { RequestHeaders } from '../../transports/transport.interface.js';

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
