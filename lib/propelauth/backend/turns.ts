/** Waiting items, each in the queue of its party. The parties take turns, so a long queue delays only its own party. */
export class Turns<Item> {
  /** By party, in the order of their turns. */
  private readonly lines = new Map<string, Item[]>();
  private count = 0;

  /** How many items wait. */
  get size(): number {
    return this.count;
  }

  add(party: string, item: Item): void {
    const line = this.lines.get(party) ?? [];
    line.push(item);
    this.lines.set(party, line);
    this.count++;
  }

  /** Takes the first item of the party whose turn it is. */
  takeNext(): Item | undefined {
    const [turn] = this.lines;
    if (turn === undefined) return undefined;
    const [party, line] = turn;
    const next = line.shift();
    this.count--;
    this.lines.delete(party);
    // Behind all others.
    if (line.length > 0) this.lines.set(party, line);
    return next;
  }

  /** Takes the last item of a party that has more waiting than most, and than the party that needs room. */
  takeFromLongLine(needsRoom: string): Item | undefined {
    const ownLength = this.lines.get(needsRoom)?.length ?? 0;
    const average = this.count / this.lines.size;
    if (ownLength >= average) return undefined;
    for (const [party, line] of this.lines) {
      const last = line.at(-1);
      if (last === undefined || line.length < average || line.length <= ownLength + 1) continue;
      this.remove(party, last);
      return last;
    }
    return undefined;
  }

  remove(party: string, item: Item): void {
    const line = this.lines.get(party);
    const position = line?.indexOf(item) ?? -1;
    if (line === undefined || position < 0) return;
    line.splice(position, 1);
    this.count--;
    if (line.length === 0) this.lines.delete(party);
  }
}
