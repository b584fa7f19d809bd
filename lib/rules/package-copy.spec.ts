import { isFromOtherCopy, markCopy } from './package-copy.js';

const COPIES = Symbol.for('nestjs-propelauth: copies of the package');

/** Marks a class as another copy of the package would. */
function markByOther(type: Function): void {
  const known = (Reflect.getMetadata(COPIES, type) as Set<unknown> | undefined) ?? [];
  Reflect.defineMetadata(COPIES, new Set([...known, Symbol('this copy')]), type);
}

describe('A class decorated by another copy of the package', () => {
  it.each<[string, ((type: Function) => void)[], boolean]>([
    ['nobody', [], false],
    ['this copy', [markCopy, markCopy], false],
    ['the other', [markByOther], true],
    ['the other, then this one', [markByOther, markCopy], true],
    ['this one, then the other', [markCopy, markByOther], true],
  ])('is recognized: decorated by %s', (_who, marks, isFromOther) => {
    class Reports {}
    for (const mark of marks) mark(Reports);
    expect(isFromOtherCopy(Reports)).toBe(isFromOther);
    expect(isFromOtherCopy(class extends Reports {})).toBe(isFromOther);
  });

  it('has the marks of this copy', () => {
    class Reports {}
    markCopy(Reports);
    expect(Reflect.getMetadata(COPIES, Reports)).toMatchObject({ size: 1 });
  });
});
