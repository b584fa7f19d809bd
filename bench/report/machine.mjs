import { readFileSync } from 'node:fs';
import { arch, cpus, platform, totalmem } from 'node:os';

const OF_THE_ROOT = ['@nestjs/core', '@nestjs/graphql', 'express', 'fastify', 'jose'];

/** When and where was measured, in lines. */
export function describeMachine() {
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return [
    `${new Date().toISOString().slice(0, 10)}, ${platform()} ${arch()}`,
    `${cpus().length} cores (${cpu.model.trim()}), ${memory} GB of memory`,
  ];
}

/** The packages that were measured, with their versions, in a line. */
export function describePackages() {
  const ofTheBench = Object.keys(readJson('../package.json').dependencies);
  return [
    ...OF_THE_ROOT.map((name) => withVersion(name, '../../node_modules')),
    ...ofTheBench.map((name) => withVersion(name, '../node_modules')),
  ].join(', ');
}

function withVersion(name, folder) {
  return `${name} ${readJson(`${folder}/${name}/package.json`).version}`;
}

function readJson(path) {
  return JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));
}
