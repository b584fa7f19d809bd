/** The error for a class that has rules or PropelAuthGuard, but no PropelAuthModule. */
export function describeMissingModule(className = 'A class'): string {
  return (
    `${className} has decorators of nestjs-propelauth or PropelAuthGuard, but PropelAuthModule is not imported. Import ` +
    'PropelAuthModule.forRoot() in the root module; with isGlobal: false, also in the module of the class.\n' +
    '- In a test: import PropelAuthModule.forRoot(issuer.moduleOptions) with a TestIssuer.\n' +
    '- If it is imported: two copies of the package are installed. npm ls nestjs-propelauth lists them.'
  );
}
