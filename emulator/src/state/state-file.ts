import { open, readFile, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isJsonObject, parseJson } from '../json-object.js';
import type { StoredTable } from '../project/table.js';
import { codeOf, isPrivateFile, preparePrivateFolder } from './private-files.js';

/** A file of another version, as of a later emulator, is not read. */
const VERSION = 1;
/** A file with as many bytes of changes as this, or as its records had when it was written, is written anew. */
const MINIMUM_CHANGES_BYTES = 1_048_576;

/** Where the records of an emulator are kept, and what they began with. */
export interface Place {
  readonly path: string;
  /** Identifies the seed. Records of another one are not read. */
  readonly seed: string;
  /** Whether to begin anew. */
  readonly isFresh: boolean;
  /** Prints a line on the terminal. */
  readonly say: (line: string) => void;
}

type Tables = Readonly<Record<string, StoredTable>>;

/** The changes of a moment: of each record, the name of its table, its id, and what it is now, or `null`. */
type Changes = (readonly [table: string, id: string, record: unknown])[];

/**
 * Records in a file: on its first line what it is, then all records, and then each change of a moment on a line of its own. Whoever ends the
 * process when, the file is never half written: it is written beside and renamed, and a last line that is cut off was told to nobody.
 *
 * To write a change takes no longer if there are many records. Changes that are made while others are being written are written together.
 */
export class StateFile {
  readonly #changed = new Map<string, Set<string>>();
  #writing: Promise<void> | undefined;
  #file: FileHandle | undefined;
  #isChanged = false;
  #changesBytes = 0;
  #maximumChangesBytes = MINIMUM_CHANGES_BYTES;

  private constructor(
    private readonly place: Place,
    private readonly tables: Tables,
  ) {}

  /** Fills the tables with what was kept, unless they begin anew, and keeps what changes from now on. */
  static async open(place: Place, tables: Tables): Promise<StateFile> {
    const state = new StateFile(place, tables);
    await state.#try(async () => {
      await preparePrivateFolder(dirname(place.path));
      state.#load(await readPrivate(place.path));
      await state.#writeAll();
    });
    for (const [name, table] of Object.entries(tables)) {
      table.onChange = (id) => {
        const ids = state.#changed.get(name) ?? new Set();
        state.#changed.set(name, ids.add(id));
      };
    }
    return state;
  }

  /** Resolves once all changes so far are in the file. */
  async saved(): Promise<void> {
    await this.#writing;
    // What was in the way may have ended before these changes, and the next may have begun with them.
    if (this.#changed.size > 0) this.#writing ??= this.#writeChanges();
    await this.#writing;
  }

  async close(): Promise<void> {
    await this.saved();
    for (const table of Object.values(this.tables)) table.onChange = () => {};
    await this.#file?.close();
    this.#file = undefined;
  }

  #load(text: string | undefined): void {
    if (text === undefined) return;
    const { seed, isFresh, say } = this.place;
    const [head, ...lines] = text.split('\n').slice(0, -1).map(parseJson);
    if (!isJsonObject(head) || head['version'] !== VERSION || !lines.every(areChanges)) {
      return say('The state of the emulator cannot be read. It starts from the seed.');
    }
    if (isFresh) return say('Starts from the seed, without the changes since then.');
    if (head['seed'] !== seed) {
      return say('The seed has changed. Starts from it, without the changes since the last one.');
    }
    const records = new Map(Object.keys(this.tables).map((name) => [name, new Map()]));
    for (const [name, id, record] of lines.flat()) {
      if (record === null) records.get(name)?.delete(id);
      else records.get(name)?.set(id, record);
    }
    for (const [name, stored] of records) this.tables[name]?.load(stored);
    this.#isChanged = head['isChanged'] === true || lines.length > records.size;
    if (this.#isChanged) say('Goes on with the changes since the seed. --fresh starts from it.');
  }

  async #writeChanges(): Promise<void> {
    await this.#try(async () => {
      const changes = [...this.#changed].flatMap(([name, ids]) =>
        [...ids].map((id) => [name, id, this.tables[name]?.get(id) ?? null] as const),
      );
      this.#changed.clear();
      const line = lineOf(changes);
      this.#changesBytes += line.length;
      this.#isChanged = true;
      if (this.#changesBytes > this.#maximumChangesBytes) return this.#writeAll();
      // Not synchronized: what was written outlives the process, however that ends.
      await this.#file?.appendFile(line);
    });
    this.#writing = undefined;
  }

  async #writeAll(): Promise<void> {
    const { path, seed } = this.place;
    const records = Object.entries(this.tables).map(([name, table]) =>
      [...table.entries()].map(([id, record]) => [name, id, record] as const),
    );
    const text =
      lineOf({ version: VERSION, seed, isChanged: this.#isChanged }) + records.map(lineOf).join('');
    const beside = `${path}.new`;
    await rm(beside, { force: true });
    const file = await open(beside, 'ax', 0o600);
    await file.writeFile(text);
    await file.sync();
    // Windows replaces no open file.
    await this.#file?.close();
    await rename(beside, path);
    this.#file = file;
    this.#changesBytes = 0;
    this.#maximumChangesBytes = Math.max(MINIMUM_CHANGES_BYTES, text.length);
  }

  /** The emulator goes on without a file if there can be none. */
  async #try(write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } catch (error) {
      const { path, say } = this.place;
      say(`The emulator cannot keep its state in ${path} (${codeOf(error)}): changes end with it.`);
      await this.#file?.close();
      this.#file = undefined;
    }
  }
}

/** The text of a file, which is empty if it is not its owner's alone; `undefined` without one. */
async function readPrivate(path: string): Promise<string | undefined> {
  try {
    return (await isPrivateFile(path)) ? await readFile(path, 'utf8') : '';
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function lineOf(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}

function areChanges(line: unknown): line is Changes {
  return Array.isArray(line) && line.every(Array.isArray);
}
