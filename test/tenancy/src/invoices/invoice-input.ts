import { BadRequestException } from '@nestjs/common';
import type { NewInvoice } from '../data/invoices.js';

/*
 * Reads what clients send property by property. Anything else, such as an id or an organization, is ignored.
 */

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

export function isUuid(value: unknown): value is string {
  return typeof value === 'string' && UUID.test(value);
}

export function readId(value: unknown): string {
  if (!isUuid(value)) throw new BadRequestException('The id has to be a UUID.');
  return value;
}

export function readNumber(value: unknown): string {
  if (typeof value !== 'string' || !/^[\w-]{1,40}$/.test(value)) {
    throw new BadRequestException('The number has to consist of 1 to 40 letters, digits, _ and -.');
  }
  return value;
}

export function readCents(value: unknown): number {
  if (!Number.isSafeInteger(value) || Math.abs(value as number) > 1_000_000) {
    throw new BadRequestException('The cents have to be an integer between -1000000 and 1000000.');
  }
  return value as number;
}

export function readNewInvoice(value: unknown): NewInvoice {
  const { number, lines = [] } = asObject(value);
  if (!Array.isArray(lines) || lines.length > 100) {
    throw new BadRequestException('The lines have to be a list of at most 100.');
  }
  return {
    number: readNumber(number),
    lines: lines.map((line) => readCents(asObject(line).cents)),
  };
}

export function asObject(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) {
    throw new BadRequestException('An object is missing.');
  }
  return value as Readonly<Record<string, unknown>>;
}
