/** The id before all others of a stream. */
export const FIRST_ID = '0-0';

/** Whether a reply of Redis is the id of an entry. */
export function isId(reply: string): boolean {
  return /^\d+-\d+$/.test(reply);
}

/** Whether an id of a Redis stream (`<milliseconds>-<number>`) comes before another. Compares as BigInt: either number may need 64 bits. */
export function isBefore(id: string, other: string): boolean {
  const [time, number] = partsOf(id);
  const [otherTime, otherNumber] = partsOf(other);
  return time === otherTime ? number < otherNumber : time < otherTime;
}

/** The first possible id of a stream, this many milliseconds before another id. */
export function idBefore(id: string, milliseconds: number): string {
  const time = partsOf(id)[0] - BigInt(milliseconds);
  return `${time < 0n ? 0n : time}-0`;
}

function partsOf(id: string): [bigint, bigint] {
  const [time = '', number = ''] = id.split('-');
  return [BigInt(time), BigInt(number)];
}
