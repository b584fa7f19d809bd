import { privateField } from '../values/private-field.js';

/** What was read from a request, or why it is rejected, and the text that it was read from. */
interface Reading {
  readonly text: unknown;
  readonly value?: unknown;
  readonly error?: unknown;
}

/** What was read from requests, by the request and by what was read. */
const readings = privateField<Map<string, Reading>>();

/**
 * Reads something from a request once, however many fields, operations or messages came with it: its client decides how long the headers are,
 * and how many calls read them.
 *
 * @param request the request, or the one that opened the connection
 * @param what says what is read. It never comes from a client
 * @param text what it is read from. Another text is read again, because applications and libraries may replace headers
 * @returns what `read` returned for this text
 * @throws what `read` threw for this text
 */
export function readOnce<Value>(
  request: object,
  what: string,
  text: unknown,
  read: () => Value,
): Value {
  let ofRequest = readings.get(request);
  if (ofRequest === undefined) readings.set(request, (ofRequest = new Map<string, Reading>()));
  let reading = ofRequest.get(what);
  if (reading === undefined || reading.text !== text) {
    reading = { text, ...outcomeOf(read) };
    ofRequest.set(what, reading);
  }
  if ('error' in reading) throw reading.error;
  return reading.value as Value;
}

function outcomeOf(read: () => unknown): Pick<Reading, 'value' | 'error'> {
  try {
    return { value: read() };
  } catch (error) {
    return { error };
  }
}
