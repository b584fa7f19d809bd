import { isJsonObject, type JsonObject } from '../json-object.js';
import { EmulatorError } from '../emulator.error.js';

/** Reads and checks one value of a seed. */
export class SeedReader {
  /**
   * @param seed how error messages name the seed
   * @param path the path of the value, such as `users[0].name`; empty for the whole seed
   * @param value the value
   */
  constructor(
    private readonly seed: string,
    private readonly path: string,
    private readonly value: unknown,
  ) {}

  /** @throws {EmulatorError} always */
  fail(problem: string): never {
    throw new EmulatorError(
      `${this.seed} is invalid: ${this.path === '' ? 'it' : this.path} ${problem}`,
    );
  }

  get isAbsent(): boolean {
    return this.value === undefined;
  }

  /** The value as an object, which may have these keys only. */
  object<const Key extends string>(keys: readonly Key[]): Record<Key, SeedReader> {
    const { value } = this;
    if (!isJsonObject(value))
      return this.fail(`has to be an object with the keys ${keys.join(', ')}.`);
    const unknown = Object.keys(value).find((key) => !keys.includes(key as Key));
    if (unknown !== undefined) {
      this.fail(
        `has the unknown key ${JSON.stringify(unknown)}. Known keys are ${keys.join(', ')}.`,
      );
    }
    const entries = keys.map((key) => [key, this.at(key, value[key])]);
    return Object.fromEntries(entries) as Record<Key, SeedReader>;
  }

  /** The value as a list; an empty one if it is absent. */
  list(): SeedReader[] {
    if (this.isAbsent) return [];
    if (!Array.isArray(this.value)) return this.fail('has to be a list.');
    return this.value.map(
      (entry, index) => new SeedReader(this.seed, `${this.path}[${index}]`, entry),
    );
  }

  /** The value as a string that is not blank. */
  text(): string {
    if (typeof this.value !== 'string' || this.value.trim() === '') {
      return this.fail('has to be a non-empty string.');
    }
    return this.value;
  }

  optionalText(): string | undefined {
    return this.isAbsent ? undefined : this.text();
  }

  optionalTexts(): string[] | undefined {
    return this.isAbsent ? undefined : this.list().map((entry) => entry.text());
  }

  optionalFlag(): boolean | undefined {
    if (this.isAbsent || typeof this.value === 'boolean') return this.value as boolean | undefined;
    return this.fail('has to be true or false.');
  }

  /** The value as an object with any keys. */
  optionalRecord(): JsonObject | undefined {
    if (this.isAbsent || isJsonObject(this.value)) return this.value as JsonObject | undefined;
    return this.fail('has to be an object.');
  }

  /** The value as a string, which has to be one of these. */
  oneOf(names: readonly string[], what: string): string {
    const name = this.text();
    if (names.includes(name)) return name;
    const known = names.length === 0 ? `The seed has no ${what}` : `Use one of ${names.join(', ')}`;
    return this.fail(`is ${JSON.stringify(name)}, which is not one of the ${what}. ${known}.`);
  }

  /** Whether the value is a string, the short form of a role. */
  get isText(): boolean {
    return typeof this.value === 'string';
  }

  private at(key: string, value: unknown): SeedReader {
    return new SeedReader(this.seed, this.path === '' ? key : `${this.path}.${key}`, value);
  }
}

/** @throws {EmulatorError} if two values are the same */
export function assertDistinct(values: readonly SeedReader[]): void {
  const seen = new Set<string>();
  for (const value of values) {
    if (seen.has(value.text())) value.fail(`is a duplicate: ${JSON.stringify(value.text())}.`);
    seen.add(value.text());
  }
}
