import { BadRequestException } from '@nestjs/common';

/** The used API of the package `svix`. Its own types may be missing, since the package is optional. */
export interface Svix {
  readonly Webhook: new (secret: string) => {
    /** @throws when the signature does not match the payload, or is not fresh */
    verify(payload: string, headers: Record<string, string>): unknown;
    sign(messageId: string, sentAt: Date, payload: string): string;
  };
}

/** Version 2 of svix is an ES module, which Jest cannot load in CommonJS on Node.js 20. */
const HOW_TO_INSTALL =
  'Run npm install svix; if it is installed, Jest in CommonJS needs version 1: npm install svix@1.';

/** The message for an application with the option `webhooks`, when {@link loadSvix} did not load the package. */
export const MISSING_SVIX = `The option webhooks needs the package svix, which is missing or cannot be loaded. ${HOW_TO_INSTALL}`;

/** The package `svix`; `undefined` when it is not installed, or cannot be loaded. */
export async function loadSvix(): Promise<Svix | undefined> {
  try {
    const { Webhook } = await import('svix');
    // Not the module itself: Nest's explorers read the constructor of every provider, and a module has none.
    return { Webhook };
  } catch {
    return undefined;
  }
}

/** Far more than an id, a time or the signatures of several secrets need. Svix compares every signature in the header. */
const MAXIMUM_HEADER_LENGTH = 1_024;

/** The tolerance of Svix, for the past and the future. */
const TOLERANCE_SECONDS = 5 * 60;

/** One of the signatures that Svix compares. The header separates several by spaces. */
const SIGNATURE = /^v1,[A-Za-z0-9+/]{43}=$/;

const NAMES = ['svix-id', 'svix-timestamp', 'svix-signature'] as const;

/**
 * Reads a header by its name in lower case. Whatever is not a text counts as missing: of headers that are sent twice, some libraries make a
 * list.
 */
export type ReadHeader = (name: string) => unknown;

export type SvixHeaders = Record<(typeof NAMES)[number], string>;

/**
 * Reads the headers `svix-…` and checks their form and age, before the body is read and hashed, which costs more. Svix also takes an id
 * under other names, but finished handlers are remembered by `svix-id`.
 *
 * @throws {BadRequestException} when a header is missing or malformed, or the time is not one of the last or next five minutes
 */
export function readSvixHeaders(header: ReadHeader): SvixHeaders {
  const values = NAMES.map(header);
  if (!values.every(isShortText)) throw invalidEvent();
  const [id, timestamp, signatures] = values as [string, string, string];
  if (!isFresh(timestamp) || !signatures.split(' ').some((one) => SIGNATURE.test(one))) {
    throw invalidEvent();
  }
  return { 'svix-id': id, 'svix-timestamp': timestamp, 'svix-signature': signatures };
}

/** For a request that is not an event of PropelAuth. The dashboard of PropelAuth shows the message. */
export function invalidEvent(): BadRequestException {
  return new BadRequestException(
    'The request is not an event that PropelAuth signed within the last five minutes',
  );
}

function isShortText(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && value.length <= MAXIMUM_HEADER_LENGTH;
}

function isFresh(timestamp: string): boolean {
  // Svix accepts text behind the number.
  if (!/^\d+$/.test(timestamp)) return false;
  const now = Math.floor(Date.now() / 1000);
  return Math.abs(now - Number(timestamp)) <= TOLERANCE_SECONDS;
}
