import type { AccessCase } from './access-case.js';
import { noticesOf, type Notice } from './noticing.js';
import { startCase } from './start-case.js';
import { inWords, writtenDecorators, type WrittenDecorator } from './written-decorators.js';

/** What notices that an access decorator is missing. */
export interface Removal {
  /** Such as `@Public() of CatsController.findAll`. */
  readonly decorator: string;
  readonly notices: readonly Notice[];
}

const known = new Map<AccessCase, Promise<Removal[]>>();

/** Removes each access decorator of an application, one at a time. Does so once: two tests ask. */
export function removalsOf(tested: AccessCase): Promise<Removal[]> {
  const removals = known.get(tested) ?? removeEach(tested);
  known.set(tested, removals);
  return removals;
}

async function removeEach(tested: AccessCase): Promise<Removal[]> {
  const removals: Removal[] = [];
  for (const decorator of await decoratorsOf(tested)) {
    removals.push({
      decorator: inWords(decorator),
      notices: await noticesOf(tested, decorator),
    });
  }
  return removals;
}

async function decoratorsOf(tested: AccessCase): Promise<WrittenDecorator[]> {
  const { app } = await startCase(tested);
  const decorators = writtenDecorators(app);
  await app.close();
  return decorators;
}

/** A row of a table: of how many access decorators startup and the two assertions notice that they are missing. */
export type Row = readonly [name: string, ...counts: number[]];

/** The columns of a row: how many decorators there are, how many each notice is for, and how many only the table notices. */
export function rowOf(name: string, removals: readonly Removal[]): Row {
  const by = (notice: Notice) => removals.filter(({ notices }) => notices.includes(notice)).length;
  const byTableAlone = removals.filter(({ notices }) => notices.join() === 'toEqual() throws');
  const notices = NOTICES.map(by);
  return [name, removals.length, ...notices, byTableAlone.length];
}

const NOTICES: readonly Notice[] = [
  'startup fails',
  'startup warns',
  'toEqual() throws',
  'toHold() throws',
];
