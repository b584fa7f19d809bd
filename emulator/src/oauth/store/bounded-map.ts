import { Table } from '../../project/table.js';

/** A map that keeps a limited number of values for a limited time. The least recently used ones go first. */
export class BoundedMap<T> {
  /** In milliseconds since 1970; `null` for what does not expire. */
  readonly table = new Table<{ readonly value: T; readonly expiresAt: number | null }>();

  /** @param lifetimeSeconds default: they do not expire */
  constructor(
    private readonly maximum: number,
    private readonly lifetimeSeconds?: number,
  ) {}

  get(key: string): T | undefined {
    const entry = this.table.get(key);
    if (entry === undefined) return undefined;
    if ((entry.expiresAt ?? Infinity) <= Date.now()) {
      this.table.delete(key);
      return undefined;
    }
    this.table.moveToEnd(key, entry);
    return entry.value;
  }

  set(key: string, value: T): void {
    const { lifetimeSeconds: lifetime } = this;
    const expiresAt = lifetime === undefined ? null : Date.now() + lifetime * 1000;
    this.table.set(key, { value, expiresAt });
    this.table.moveToEnd(key, { value, expiresAt });
    const [oldest] = this.table.keys();
    if (this.table.size > this.maximum && oldest !== undefined) this.table.delete(oldest);
  }

  delete(key: string): void {
    this.table.delete(key);
  }

  clear(): void {
    this.table.clear();
  }
}
