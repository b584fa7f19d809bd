import type { Tree } from '@angular-devkit/schematics';
import { SourceFile } from './source-file.js';
import type { TypeScript } from './typescript.js';

/** Formats the text of a file. */
export type Formatter = (path: string, text: string) => Promise<string>;

/** The files of the project with what is to be changed. Nothing is written before `commit()`. */
export class Draft {
  private readonly changed = new Map<string, string>();

  constructor(
    private readonly tree: Tree,
    private readonly typescript: TypeScript,
  ) {}

  exists(path: string): boolean {
    return this.changed.has(path) || this.tree.exists(path);
  }

  /** The text of a file, with line feeds; null if there is none. */
  read(path: string): string | null {
    return this.changed.get(path) ?? this.original(path)?.replaceAll('\r\n', '\n') ?? null;
  }

  readSource(path: string): SourceFile | null {
    const text = this.read(path);
    return text === null ? null : new SourceFile(this.typescript, path, text);
  }

  /** The paths of all files in a folder and its folders. */
  filesIn(folder: string): string[] {
    const paths: string[] = [];
    this.tree.getDir(folder).visit((path) => paths.push(path.replace(/^\//, '')));
    return paths.filter((path) => !path.includes('node_modules/')).toSorted();
  }

  write(path: string, text: string): void {
    this.changed.set(path, text);
  }

  /** Writes what has changed. Returns whether anything has. */
  async commit(format: Formatter): Promise<boolean> {
    let hasChanged = false;
    for (const [path, text] of this.changed) {
      const before = this.original(path);
      const after = await this.finish(path, text, before, format);
      if (before === after) continue;
      hasChanged = true;
      if (before === null) this.tree.create(path, after);
      else this.tree.overwrite(path, after);
    }
    return hasChanged;
  }

  /** Formats new files, and those that were formatted before, and keeps line breaks as they were. */
  private async finish(
    path: string,
    text: string,
    before: string | null,
    format: Formatter,
  ): Promise<string> {
    const wasFormatted = before === null || (await format(path, before)) === before;
    const formatted = wasFormatted && path.endsWith('.ts') ? await format(path, text) : text;
    const hasCarriageReturns = before?.includes('\r\n') === true;
    return hasCarriageReturns ? formatted.replaceAll(/\r?\n/g, '\r\n') : formatted;
  }

  private original(path: string): string | null {
    return this.tree.read(path)?.toString('utf8') ?? null;
  }
}
