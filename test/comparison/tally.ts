export type Outcome = 'both accept' | 'both refuse' | 'only they accept' | 'only we accept';

const OUTCOMES: readonly Outcome[] = [
  'both accept',
  'both refuse',
  'only they accept',
  'only we accept',
];

export function outcomeOf(theirs: boolean, ours: boolean): Outcome {
  if (theirs === ours) return ours ? 'both accept' : 'both refuse';
  return ours ? 'only we accept' : 'only they accept';
}

/** Counts what came of the cases, so that a generator which no longer finds anything shows. */
export class Tally {
  private readonly counts = new Map<string, Map<Outcome, number>>();

  add(category: string, outcome: Outcome): void {
    const row = this.counts.get(category) ?? new Map<Outcome, number>();
    row.set(outcome, (row.get(outcome) ?? 0) + 1);
    this.counts.set(category, row);
  }

  count(category: string, outcome: Outcome): number {
    return this.counts.get(category)?.get(outcome) ?? 0;
  }

  /** How many cases a category has, or all of them. */
  total(category?: string): number {
    const rows = category === undefined ? [...this.counts.values()] : [this.counts.get(category)];
    return rows.flatMap((row) => [...(row?.values() ?? [])]).reduce((sum, count) => sum + count, 0);
  }

  /** A table of the counts, straight to the standard output: a report, not a log. */
  print(title: string): void {
    const rows = [...this.counts.keys()].toSorted().map((category) => {
      const numbers = OUTCOMES.map((outcome) => this.count(category, outcome));
      return `  ${category.padEnd(62)}${numbers.map((number) => String(number).padStart(18)).join('')}`;
    });
    const heading = `  ${title.padEnd(62)}${OUTCOMES.map((name) => name.padStart(18)).join('')}`;
    process.stdout.write(`${[heading, ...rows].join('\n')}\n`);
  }
}
