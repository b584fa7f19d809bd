/** How many decisions are kept about calls that have all their objects in common. */
const MAXIMUM_KEPT = 100;

/** A decision, with those before it about calls with the same objects. */
interface LinkedDecision<Decision> {
  earlier: Decision | undefined;
  /** Whether the call was rejected, and so is over. */
  readonly isRejected: boolean;
  /** Whether it was let in, and may be over. */
  readonly isAllowed: boolean;
  /** Whether it stands for no other decision. */
  readonly isAlone: boolean;
}

interface Entry<Decision> {
  latest: Decision | undefined;
  /** By the next object. */
  readonly next: WeakMap<object, Entry<Decision>>;
}

/**
 * Finds decisions by the objects of their calls, all of them: the first may outlive the call, such as the client of a library or a value
 * that GraphQL resolves, and what was decided must not.
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
 * Keeps a number of the latest decisions that let calls in, all that are still being made, and none at the end that rejected a call: such a
 * call is over.
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
