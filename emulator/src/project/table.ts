/** Records by id, in the order in which they were added. They are replaced and never changed, so that whoever looks them up finds them. */
export class Table<T> extends Map<string, T> implements StoredTable {
  readonly #indexes: Index<T>[] = [];

  onChange: (id: string) => void = () => {};

  /**
   * Makes records findable by a text that is no id, however many there are.
   *
   * @param keyOf the text; a record without one is not found
   * @returns the records with a text, by id
   */
  indexBy(keyOf: (record: T) => string | undefined): (key: string) => ReadonlyMap<string, T> {
    const index: Index<T> = { keyOf, records: new Map() };
    this.#indexes.push(index);
    return (key) => index.records.get(key) ?? new Map<string, T>();
  }

  override set(id: string, record: T): this {
    const before = this.get(id);
    super.set(id, record);
    for (const { keyOf, records } of this.#indexes) {
      const key = keyOf(record);
      const keyBefore = before === undefined ? undefined : keyOf(before);
      if (keyBefore !== key) removeFrom(records, keyBefore, id);
      if (key === undefined) continue;
      const found = records.get(key) ?? new Map<string, T>();
      records.set(key, found.set(id, record));
    }
    this.onChange(id);
    return this;
  }

  override delete(id: string): boolean {
    const record = this.get(id);
    if (record === undefined) return false;
    for (const { keyOf, records } of this.#indexes) removeFrom(records, keyOf(record), id);
    super.delete(id);
    this.onChange(id);
    return true;
  }

  /** Makes a record the last one. For no look-up, and no file, has it changed. */
  moveToEnd(id: string, record: T): void {
    super.delete(id);
    super.set(id, record);
  }

  /** Replaces all records by those that were stored. */
  load(records: Iterable<readonly [id: string, record: unknown]>): void {
    this.clear();
    for (const [id, record] of records) this.set(id, record as T);
  }

  override clear(): void {
    const ids = [...this.keys()];
    super.clear();
    for (const { records } of this.#indexes) records.clear();
    for (const id of ids) this.onChange(id);
  }
}

/** A table as far as its records are stored. */
export interface StoredTable {
  /** Is told the id of each record that is added, replaced or removed. */
  onChange: (id: string) => void;
  get(id: string): unknown;
  entries(): Iterable<[id: string, record: unknown]>;
  load(records: Iterable<readonly [id: string, record: unknown]>): void;
  clear(): void;
}

interface Index<T> {
  readonly keyOf: (record: T) => string | undefined;
  readonly records: Map<string, Map<string, T>>;
}

function removeFrom<T>(
  records: Map<string, Map<string, T>>,
  key: string | undefined,
  id: string,
): void {
  if (key === undefined) return;
  const found = records.get(key);
  found?.delete(id);
  if (found?.size === 0) records.delete(key);
}
