import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/*
 * The package as it was built. It is imported by path: as a dependency of the bench it would bring a second copy of Nest.
 */
export * from '../dist/index.js';

/** Resolves a name as the package itself does: the bench has an older jose, brought along by what it compares with. */
export const requireFromPackage = createRequire(new URL('../dist/index.js', import.meta.url));

export const { jwtVerify } = await import(pathToFileURL(requireFromPackage.resolve('jose')).href);
