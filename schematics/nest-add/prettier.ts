import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Formatter } from './draft.js';

interface Prettier {
  resolveConfig(path: string, options: { editorconfig: boolean }): Promise<object | null>;
  format(text: string, options: object): Promise<string>;
}

/** The prettier of the project with its settings. Without one, texts stay as they are. */
export async function loadFormatter(root = process.cwd()): Promise<Formatter> {
  const prettier = await loadPrettier(root);
  if (prettier === null) return (_path, text) => Promise.resolve(text);
  return async (path, text) => {
    try {
      const filepath = join(root, path);
      const config = await prettier.resolveConfig(filepath, { editorconfig: true });
      return await prettier.format(text, { ...config, filepath });
    } catch {
      // Of settings or a plugin that do not load, the user learns from prettier itself.
      return text;
    }
  };
}

async function loadPrettier(root: string): Promise<Prettier | null> {
  try {
    const path = createRequire(join(root, 'package.json')).resolve('prettier');
    const loaded = (await import(pathToFileURL(path).href)) as Prettier & { default?: Prettier };
    return loaded.default ?? loaded;
  } catch {
    return null;
  }
}
