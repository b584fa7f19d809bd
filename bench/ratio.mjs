import { median } from './statistics.mjs';

/**
 * How many times as many requests one row answers as another: the median of the turns, each compared with the other's of
 * the same time, since a machine is not always equally fast. `undefined` when not both were measured.
 */
export function ratio(rows, id, otherId) {
  const turns = rows.get(id)?.turns;
  const others = rows.get(otherId)?.turns;
  if (turns === undefined || others === undefined) return undefined;
  return median(
    turns.map(({ requestsPerSecond }, turn) => requestsPerSecond / others[turn].requestsPerSecond),
  );
}
