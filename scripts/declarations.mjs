/* Publishes the declarations of the package. */
import { resolve } from 'node:path';
import { entryPoints } from './entry-points.mjs';
import { publishDeclarations } from './publish-declarations.mjs';

await publishDeclarations({ folder: resolve(import.meta.dirname, '..'), entryPoints });
