/** The documentation site. The page getting-started.md is at getting-started. */
export const DOCS = 'https://OWNER_PLACEHOLDER.github.io/nestjs-propelauth';

/** The project has a layout that the schematic does not edit. The Nest CLI then writes nothing. */
export class ManualSetUpError extends Error {
  constructor(problemAndAdvice: string) {
    super(
      `${problemAndAdvice}\nNothing has been changed. To set it up by hand, see ${DOCS}/getting-started.`,
    );
  }
}
