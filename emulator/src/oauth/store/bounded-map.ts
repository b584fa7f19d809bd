/** A map that keeps a limited number of values for a limited time. The least recently used ones go first. */
export class BoundedMap<T> {
  readonly #entries = new Map<string, { value: T; expiresAt: number }>();

  /** @param lifetimeSeconds default: they do not expire */
  constructor(
    private readonly maximum: number,
    private readonly lifetimeSeconds = Infinity,
  ) {}

  get(key: string): T | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    if (entry.expiresAt <= Date.now()) return undefined;
    this.#entries.set(key, entry);
    return entry.value;
  }

  set(key: string, value: T): void {
    this.#entries.delete(key);
    this.#entries.set(key, { value, expiresAt: Date.now() + this.lifetimeSeconds * 1000 });
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > this.maximum && oldest !== undefined) this.#entries.delete(oldest);
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
  }
}
