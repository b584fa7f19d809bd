/** The error for a class that has rules or PropelAuthGuard, but no PropelAuthModule. */
export function describeMissingModule(className = 'A class'): string {
  return (
    `${className} has decorators of nestjs-propelauth or PropelAuthGuard, and PropelAuthModule is not imported. Import ` +
    "PropelAuthModule.forRoot() in the root module (with isGlobal: false also in this class's), and in a test without it add " +
    '{ provide: PropelAuthGuard, useValue: { canActivate: () => true } } to the providers. If it is imported, two copies of the ' +
    'package are installed: npm ls nestjs-propelauth shows them.'
  );
}
