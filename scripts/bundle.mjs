/*
 * Puts the compiled files together, one file for each entry point and one for what they share: to find and read fifty files
 * takes Node.js several times as long as to run them, and who starts often, as serverless functions do, feels it.
 *
 * esbuild gets what the TypeScript compiler made, not the sources: it would drop the types that Nest's injector reads.
 */
import { build } from 'esbuild';

await build({
  entryPoints: ['build/index.js', 'build/swagger/index.js', 'build/testing/index.js'],
  outdir: 'dist',
  bundle: true,
  // What the entry points share is one file, so that there is one copy of each class.
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  packages: 'external',
  // Nest shows the names of classes, and so do exceptions.
  keepNames: true,
  sourcemap: true,
});
