import { resolve } from 'node:path';
import { findUndocumented, readEntryPoints } from '../support/public-names.js';

/** What is missing in the comments of a module with this text. */
function missingIn(text: string): string[] {
  const file = resolve('test/docs/written.ts');
  return findUndocumented(new Map([['written', file]]), new Map([[file, text]]));
}

describe('The comment of every public name', () => {
  it('describes its purpose, parameters, result and usage', () => {
    const entryPoints = readEntryPoints();
    expect(entryPoints.size).toBeGreaterThan(1);
    expect(findUndocumented(entryPoints)).toEqual([]);
  });

  it.each<[string, string, string[]]>([
    [
      'a function without a comment',
      'export function give(what: string, ...others: string[]): string { return what + others; }',
      [
        'give has no summary',
        'give has no @param what',
        'give has no @param others',
        'give has no @returns',
        'give has no @publicApi',
        'give has no @example',
      ],
    ],
    [
      'a parameter without a description, and an undocumented error',
      `/**
        * Gives.
        * @param what
        * @example give()
        * @publicApi
        */
       export function give(what: string): void { if (what) throw new Error(); }`,
      ['give has no @param what', 'give has no @throws'],
    ],
    [
      'a constant that is a function',
      `/** Gives. @publicApi @example give() */
       export const give = (what: string): string => what;`,
      ['give has no @param what', 'give has no @returns'],
    ],
    [
      'static and instance members of a class',
      `/**
        * Gives.
        * @publicApi
        * @example new Giver()
        */
       export class Giver {
         size = 1;
         private readonly secret = 2;
         constructor(readonly to: string) {}
         static make(): Giver { return new Giver('all'); }
         /** Gives. */
         give(what: string): string { return what + this.secret; }
         /** @internal For others here. */
         look(what: string): string { return what; }
       }`,
      [
        'Giver.__constructor has no @param to',
        'Giver.size has no summary',
        'Giver.give has no @param what',
        'Giver.give has no @returns',
        'Giver.make has no summary',
        'Giver.make has no @returns',
      ],
    ],
    [
      'an interface and its members',
      `/** A gift. */
       export interface Gift { size: number; open(): string; }`,
      [
        'Gift has no @publicApi',
        'Gift.size has no summary',
        'Gift.open has no summary',
        'Gift.open has no @returns',
      ],
    ],
    ['a type', 'export type Size = number;', ['Size has no summary', 'Size has no @publicApi']],
  ])('is reported if it is incomplete: %s', (_what, text, missing) => {
    const found = missingIn(text);
    expect(found.toSorted()).toEqual(missing.map((each) => `written: ${each}`).toSorted());
  });

  it('is not required for members that another package documents', () => {
    expect(missingIn("export { UserClass } from '@propelauth/node-apis';")).toEqual([]);
    expect(missingIn("export * as vendor from '@propelauth/node-apis';")).toEqual([]);
  });
});
