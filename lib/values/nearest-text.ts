/** The candidate with the smallest edit distance from a text. */
export function nearestText<Text extends string>(text: string, candidates: readonly Text[]): Text {
  return candidates.reduce((nearest, candidate) =>
    distanceBetween(text, candidate) < distanceBetween(text, nearest) ? candidate : nearest,
  );
}

/** The Levenshtein distance. */
function distanceBetween(one: string, other: string): number {
  let distances = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let row = 1; row <= one.length; row++) {
    const previous = distances;
    distances = [row];
    for (let column = 1; column <= other.length; column++) {
      distances.push(
        Math.min(
          (previous[column] as number) + 1,
          (distances[column - 1] as number) + 1,
          (previous[column - 1] as number) + (one[row - 1] === other[column - 1] ? 0 : 1),
        ),
      );
    }
  }
  return distances.at(-1) as number;
}
