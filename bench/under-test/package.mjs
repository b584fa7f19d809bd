import { importFile } from './root.mjs';

/* The package as it was built. It is imported by path: as a dependency of the bench it would bring a second copy of Nest. */
export const { PropelAuthGuard, PropelAuthModule, PropelAuthService, RequireOrgRole, RequireUser } =
  await importFile('dist/index.js');
