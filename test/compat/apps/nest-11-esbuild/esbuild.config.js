const { buildSync } = require('esbuild');

buildSync({
  entryPoints: ['build/src/main.js', 'build/test/app.e2e-spec.js'],
  entryNames: '[name]',
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  format: 'cjs',
  keepNames: true,
  // What Nest loads only if it is there.
  external: [
    '@fastify/static',
    '@nestjs/microservices',
    '@nestjs/websockets',
    'class-transformer',
    'class-validator',
  ],
});
