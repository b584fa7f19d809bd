/** How many decisions are kept about calls that have all their objects in common. */
const MAXIMUM_KEPT = 100;

/** A decision, linked to the earlier ones about calls with the same objects. */
interface LinkedDecision<Decision> {
  earlier: Decision | undefined;
  /** Whether the call was rejected, and so is over. */
  readonly isRejected: boolean;
  /** Whether the call was allowed. It may be over by now. */
  readonly isAllowed: boolean;
  /** Whether no other decision is about an indistinguishable call. */
  readonly isAlone: boolean;
}

interface Entry<Decision> {
  latest: Decision | undefined;
  /** The entries with one more object. */
  readonly next: WeakMap<object, Entry<Decision>>;
}

/**
 * Finds decisions by all objects of their calls together. The first object alone may outlive the call, such as the client of a library or a
 * value that GraphQL resolves, and a decision must not outlive its call.
 */
export class DecisionsByObjects<Decision extends LinkedDecision<Decision>> {
  private readonly root: Entry<Decision> = newEntry();

  /** The latest decision about a call with these objects, with those before it. */
  latest(objects: readonly object[]): Decision | undefined {
    let entry: Entry<Decision> | undefined = this.root;
    for (const object of objects) entry = entry?.next.get(object);
    return entry?.latest;
  }

  add(objects: readonly object[], decision: Decision): void {
    let entry = this.root;
    for (const object of objects) {
      const next = entry.next.get(object) ?? newEntry<Decision>();
      entry.next.set(object, next);
      entry = next;
    }
    forgetOldest(decision);
    entry.latest = decision;
  }
}

function newEntry<Decision>(): Entry<Decision> {
  return { latest: undefined, next: new WeakMap() };
}

/**
 * Forgets old decisions. All pending ones are kept, and a number of the others. A rejection is forgotten at once, because its call is over,
 * unless other decisions are about indistinguishable calls.
 */
function forgetOldest<Decision extends LinkedDecision<Decision>>(latest: Decision): void {
  let decision = latest;
  let kept = 0;
  while (decision.earlier !== undefined) {
    const { earlier } = decision;
    const isPending = !earlier.isRejected && !earlier.isAllowed;
    const isOver = earlier.isRejected && earlier.isAlone;
    const isKept = isPending || (!isOver && kept++ < MAXIMUM_KEPT);
    if (isKept) decision = earlier;
    else decision.earlier = earlier.earlier;
  }
}
