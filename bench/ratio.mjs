import { median } from './statistics.mjs';

/**
 * How many times as many requests one row answers as another: the median of the rounds, each compared within itself, since
 * a machine is not equally fast in all of them.
 */
export function ratio(rows, id, otherId) {
  const others = rows.get(otherId).rounds;
  return median(
    rows
      .get(id)
      .rounds.map(
        ({ requestsPerSecond }, round) => requestsPerSecond / others[round].requestsPerSecond,
      ),
  );
}
