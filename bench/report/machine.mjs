import { createRequire } from 'node:module';
import { arch, cpus, platform, totalmem } from 'node:os';
import { requireFromPackage } from '../package-under-test.mjs';

const requireFromBench = createRequire(import.meta.url);

/** When and where was measured, in lines. */
export function describeMachine() {
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return [
    `${new Date().toISOString().slice(0, 10)}, ${platform()} ${arch()}`,
    `${cpus().length} cores (${cpu.model.trim()}), ${memory} GB of memory`,
  ];
}

/** What was measured, and what it was measured with, in a line. */
export function describePackages() {
  return [
    ...versions(requireFromPackage, ['@nestjs/core', 'express', 'fastify', 'jose']),
    ...versions(requireFromBench, [
      '@propelauth/express',
      '@nestjs/passport',
      'passport-jwt',
      'fast-jwt',
    ]),
  ].join(', ');
}

function versions(require, packages) {
  return packages.map((name) => `${name} ${require(`${name}/package.json`).version}`);
}
