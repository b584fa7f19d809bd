export function median(values) {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * The median of the ratios of values that were measured at the same time. A machine is not always equally fast, so this varies less than
 * the ratio of the medians.
 */
export function medianRatio(values, others) {
  return median(values.map((value, index) => value / others[index]));
}
