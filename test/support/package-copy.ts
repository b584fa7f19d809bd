import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import manifest from '../../package.json' with { type: 'json' };
import { temporaryFolder, writeIn } from './temporary-folder.js';

/**
 * Another copy of the package, installed beside the packages that it needs.
 *
 * @param missing an optional package that is not installed there
 * @param changed compiled files that it has instead of, or beside, those of the package, such as `lib/clock/index.js`
 * @returns what imports one of its entry points, such as `'local'`, or one of its files, such as `'lib/values/lazily.js'`
 */
export function installCopy({
  missing,
  changed = {},
}: { missing?: string; changed?: Readonly<Record<string, string>> } = {}) {
  const folder = temporaryFolder({ 'package.json': '{ "type": "module" }' });
  cpSync(join(import.meta.dirname, '../../lib'), join(folder, 'lib'), { recursive: true });
  for (const [file, text] of Object.entries(changed)) writeIn(folder, file, text);
  const { dependencies, peerDependencies, peerDependenciesMeta } = manifest;
  for (const name of Object.keys({
    ...dependencies,
    ...peerDependencies,
    ...peerDependenciesMeta,
  })) {
    if (name !== missing && name !== 'propelauth-emulator') link(name, folder);
  }
  return <Module>(entryPoint = '.'): Promise<Module> => {
    const file = entryPoint.endsWith('.js') ? entryPoint : join('lib', entryPoint, 'index.js');
    return import(pathToFileURL(join(folder, file)).href) as Promise<Module>;
  };
}

function link(name: string, folder: string): void {
  const path = join(folder, 'node_modules', name);
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(resolve('node_modules', name), path);
}
