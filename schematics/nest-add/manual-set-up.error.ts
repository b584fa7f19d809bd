import { DOCS } from './docs.js';

/** The project has a layout that the schematic does not edit. Nothing is written. */
export class ManualSetUpError extends Error {
  /**
   * @param problem what is in the way
   * @param advice what to do
   */
  constructor(problem: string, advice: string) {
    super(
      `${problem} ${advice}\nNothing has been changed. To set it up by hand, see ${DOCS}/nest-add.md.`,
    );
  }
}
