/*
 * Measures the package: what an import of each entry point loads from it, as ES modules and as CommonJS, not minified, compressed with
 * gzip, for all but the main one beside what that loads, and the tarball. Fails where a figure is above its limit in package-size.json: npm run size. With --update it sets each limit to 5 %
 * above what is measured.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { entryPoints } from './entry-points.mjs';
import { sizeOfEntryPoint, sizesOfTarball } from './sizes.mjs';

const root = resolve(import.meta.dirname, '..');
const LIMITS = join(root, 'package-size.json');
const ROOM = 1.05;

function sizesOfEntryPoints() {
  return entryPoints.flatMap((entryPoint) => {
    const name = ['nestjs-propelauth', dirname(entryPoint)]
      .filter((part) => part !== '.')
      .join('/');
    return [
      [`${name}, ES modules (gzip)`, sizeIn('dist', entryPoint)],
      [`${name}, CommonJS (gzip)`, sizeIn('dist/cjs', entryPoint)],
    ];
  });
}

function sizeIn(folder, entryPoint) {
  const main = join(root, folder, 'index.js');
  const file = join(root, folder, entryPoint);
  return file === main ? sizeOfEntryPoint(main) : sizeOfEntryPoint(file, main);
}

function linesOfTarball() {
  const { size, unpackedSize, entryCount } = sizesOfTarball(root);
  return [
    ['tarball', size],
    ['tarball, unpacked', unpackedSize],
    ['tarball, files', entryCount],
  ];
}

function readLimits() {
  return existsSync(LIMITS) ? JSON.parse(readFileSync(LIMITS, 'utf8')) : {};
}

function setLimits(sizes) {
  const limits = sizes.map(([name, size]) => [name, Math.ceil(size * ROOM)]);
  writeFileSync(LIMITS, `${JSON.stringify(Object.fromEntries(limits), null, 2)}\n`);
}

const sizes = [...sizesOfEntryPoints(), ...linesOfTarball()];
if (process.argv.includes('--update')) setLimits(sizes);
const limits = readLimits();
for (const [name, size] of sizes) {
  const limit = limits[name];
  const isWithin = limit !== undefined && size <= limit;
  const ofLimit = limit === undefined ? 'no limit' : `limit ${limit.toLocaleString('en')}`;
  const figure = size.toLocaleString('en').padStart(10);
  console.log(`${isWithin ? ' ' : '✗'} ${name.padEnd(48)} ${figure}  ${ofLimit}`);
  if (!isWithin) process.exitCode = 1;
}
if (process.exitCode === 1) {
  console.log('The package has grown. If that is worth it, run npm run size:update.');
}
