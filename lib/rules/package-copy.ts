// A registered symbol, which a second copy of the package in the same process uses as well.
const COPIES_METADATA = Symbol.for('nestjs-propelauth: copies of the package');

const THIS_COPY = Symbol('this copy');

/** Notes on a class that this copy of the package has decorated it. */
export function markCopy(type: Function): void {
  Reflect.defineMetadata(COPIES_METADATA, new Set([...copiesOf(type), THIS_COPY]), type);
}

/** Whether another copy of the package has decorated a class. The other copy does not know the rules and decisions of this one. */
export function isFromOtherCopy(type: Function): boolean {
  return [...copiesOf(type)].some((copy) => copy !== THIS_COPY);
}

function copiesOf(type: Function): ReadonlySet<unknown> {
  return (
    (Reflect.getMetadata(COPIES_METADATA, type) as ReadonlySet<unknown> | undefined) ?? new Set()
  );
}
