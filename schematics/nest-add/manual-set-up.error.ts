/** Where the page getting-started is: in the repository until `npm run set-owner` writes the address of the site. */
export const DOCS = 'docs';

/** The project has a layout that the schematic does not edit. The Nest CLI then writes nothing. */
export class ManualSetUpError extends Error {
  constructor(problemAndAdvice: string) {
    super(
      `${problemAndAdvice}\nNothing has been changed. To set it up by hand, see ${DOCS}/getting-started.`,
    );
  }
}
