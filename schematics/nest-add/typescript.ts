import { createRequire } from 'node:module';
import { join } from 'node:path';
import type ts from 'typescript';
import { ManualSetUpError } from './manual-set-up.error.js';

export type TypeScript = typeof ts;

/** The compiler of the project, or else of its Nest CLI: this package has none. */
export function loadTypeScript(root = process.cwd()): TypeScript {
  const requireFromProject = createRequire(join(root, 'package.json'));
  const found = load(requireFromProject) ?? load(requireOf('@nestjs/cli', requireFromProject));
  if (found !== undefined) return found;
  throw new ManualSetUpError(
    'The package typescript is not installed in this project.',
    'Run npm install --save-dev typescript, then run this command again.',
  );
}

function requireOf(name: string, requireFromProject: NodeJS.Require): NodeJS.Require | undefined {
  try {
    return createRequire(requireFromProject.resolve(`${name}/package.json`));
  } catch {
    return undefined;
  }
}

function load(requireFrom: NodeJS.Require | undefined): TypeScript | undefined {
  try {
    const loaded = requireFrom?.('typescript') as TypeScript | undefined;
    // TypeScript 7 can be installed without this API.
    return typeof loaded?.createSourceFile === 'function' ? loaded : undefined;
  } catch {
    return undefined;
  }
}
