import { privateField } from '../values/private-field.js';

/** What is kept about the calls that have all their objects in common. */
export class DecisionsOfObjects<Decision> {
  /** The latest one, whatever its outcome. */
  latest: Decision | undefined = undefined;
  /** Those that allowed a call, the latest first. */
  allowed: readonly Decision[] = [];
  /** The calls that have one more object. */
  #next: WeakMap<object, DecisionsOfObjects<Decision>> | undefined;

  find(object: object): DecisionsOfObjects<Decision> | undefined {
    return this.#next?.get(object);
  }

  with(object: object): DecisionsOfObjects<Decision> {
    const found = this.find(object) ?? new DecisionsOfObjects<Decision>();
    this.#next ??= new WeakMap();
    this.#next.set(object, found);
    return found;
  }
}

/**
 * Finds decisions by all objects of their calls together. The first object alone may outlive the call, such as the client of a library or a
 * value that GraphQL resolves, and a decision must not outlive its call.
 */
export class DecisionsByObjects<Decision> {
  readonly #ofFirst = privateField<DecisionsOfObjects<Decision>>();

  find([first, ...others]: readonly object[]): DecisionsOfObjects<Decision> | undefined {
    let found = first && this.#ofFirst.get(first);
    for (const object of others) found = found?.find(object);
    return found;
  }

  /** Like {@link find}, but never `undefined`. */
  of([first, ...others]: readonly [object, ...object[]]): DecisionsOfObjects<Decision> {
    const root = this.#ofFirst.get(first) ?? new DecisionsOfObjects<Decision>();
    this.#ofFirst.set(first, root);
    return others.reduce<DecisionsOfObjects<Decision>>((found, object) => found.with(object), root);
  }
}
