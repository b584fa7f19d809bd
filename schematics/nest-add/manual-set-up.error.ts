/** The pages that the installed version of the package has. */
export const DOCS = 'node_modules/nestjs-propelauth/docs';

/** The project has a layout that the schematic does not edit. The Nest CLI then writes nothing. */
export class ManualSetUpError extends Error {
  constructor(problemAndAdvice: string) {
    super(
      `${problemAndAdvice}\nNothing has been changed. To set it up by hand, see ${DOCS}/nest-add.md.`,
    );
  }
}
