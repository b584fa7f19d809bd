/** The pages that the installed version of the package has. */
export const DOCS = 'node_modules/nestjs-propelauth/docs';
