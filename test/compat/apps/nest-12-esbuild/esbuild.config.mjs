import { build } from 'esbuild';

await build({
  entryPoints: ['build/src/main.js', 'build/test/app.e2e-spec.js'],
  entryNames: '[name]',
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  format: 'esm',
  keepNames: true,
  // Express is CommonJS, and requires modules of Node.js.
  banner: {
    js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
  },
  // What Nest loads only if it is there.
  external: [
    '@fastify/static',
    '@nestjs/microservices',
    '@nestjs/websockets',
    'class-transformer',
    'class-validator',
  ],
});
