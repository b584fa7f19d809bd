import { median } from './statistics.mjs';

/**
 * How many times as many requests one row answers as another: the median of the turns, each compared with the other's of
 * the same time, since a machine is not always equally fast.
 */
export function ratio(rows, id, otherId) {
  const others = rows.get(otherId).turns;
  return median(
    rows
      .get(id)
      .turns.map(
        ({ requestsPerSecond }, turn) => requestsPerSecond / others[turn].requestsPerSecond,
      ),
  );
}
