import { posix } from 'node:path';
import type { Tree } from '@angular-devkit/schematics';
import { ManualSetUpError } from './manual-set-up.error.js';

/** The files of the user's project. The Nest CLI writes them when the schematic has ended without an error. */
export class ProjectFiles {
  constructor(
    private readonly tree: Tree,
    readonly sourceRoot: string,
  ) {}

  /** The path of a file in the sources. */
  inSources(file: string): string {
    return posix.join(this.sourceRoot, file);
  }

  /** The path of a file in the end-to-end tests, which are next to the sources. */
  inTests(file: string): string {
    return posix.join(posix.dirname(this.sourceRoot), 'test', file);
  }

  exists(path: string): boolean {
    return this.tree.exists(path);
  }

  /** The text of a file, with line feeds; empty if there is none. */
  read(path: string): string {
    return this.exists(path) ? this.tree.readText(path).replaceAll('\r\n', '\n') : '';
  }

  /** The paths of all TypeScript files in a folder and its folders. */
  list(folder: string): string[] {
    const paths: string[] = [];
    this.tree.getDir(folder).visit((path) => paths.push(path.slice(1)));
    return paths.filter((path) => path.endsWith('.ts') && !path.includes('node_modules/'));
  }

  create(path: string, text: string): void {
    if (this.exists(path)) {
      throw new ManualSetUpError(
        `${path} exists already, and this command needs a file of this name. Rename it.`,
      );
    }
    this.tree.create(path, text);
  }

  /** Replaces the text of a file, and keeps its kind of line breaks. */
  overwrite(path: string, text: string): void {
    const hasCarriageReturns = this.tree.readText(path).includes('\r\n');
    this.tree.overwrite(path, hasCarriageReturns ? text.replaceAll('\n', '\r\n') : text);
  }
}
