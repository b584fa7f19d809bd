import { isJsonObject, type JsonObject } from '../../values/json-object.js';
import { PropelAuthConfigurationError } from '../../options/configuration.error.js';

/** A place in a seed, for what can be read there and for what can be wrong there. */
export class SeedReader {
  /**
   * @param seed what the seed is called
   * @param place where in it this is, such as `people[0].name`; empty for all of it
   */
  constructor(
    private readonly seed: string,
    private readonly place: string,
    private readonly value: unknown,
  ) {}

  /** @throws {PropelAuthConfigurationError} always */
  fail(complaint: string): never {
    throw new PropelAuthConfigurationError(
      `${this.seed} cannot be used: ${this.place === '' ? 'it' : this.place} ${complaint}`,
    );
  }

  get isAbsent(): boolean {
    return this.value === undefined;
  }

  /** The object here, with no other keys than these. */
  object<const Key extends string>(keys: readonly Key[]): Record<Key, SeedReader> {
    const { value } = this;
    if (!isJsonObject(value)) return this.fail(`has to be an object with ${keys.join(', ')}.`);
    const unknown = Object.keys(value).find((key) => !keys.includes(key as Key));
    if (unknown !== undefined) {
      this.fail(
        `has ${JSON.stringify(unknown)}, which means nothing. It may have ${keys.join(', ')}.`,
      );
    }
    const places = keys.map((key) => [key, this.at(key, value[key])]);
    return Object.fromEntries(places) as Record<Key, SeedReader>;
  }

  /** The list here; an empty one where there is none. */
  list(): SeedReader[] {
    if (this.isAbsent) return [];
    if (!Array.isArray(this.value)) return this.fail('has to be a list.');
    return this.value.map(
      (entry, index) => new SeedReader(this.seed, `${this.place}[${index}]`, entry),
    );
  }

  /** The text here. */
  text(): string {
    if (typeof this.value !== 'string' || this.value.trim() === '') {
      return this.fail('has to be a text that is not empty.');
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

  /** Arbitrary JSON under names. */
  optionalRecord(): JsonObject | undefined {
    if (this.isAbsent || isJsonObject(this.value)) return this.value as JsonObject | undefined;
    return this.fail('has to be an object.');
  }

  /** The text here, which has to be one of these. */
  oneOf(names: readonly string[], what: string): string {
    const name = this.text();
    if (names.includes(name)) return name;
    const there = names.length === 0 ? 'There are none' : `There are ${names.join(', ')}`;
    return this.fail(`is ${JSON.stringify(name)}, which is not one of its ${what}. ${there}.`);
  }

  /** Whether the value here is a text, and not the longer form of the same. */
  get isText(): boolean {
    return typeof this.value === 'string';
  }

  private at(key: string, value: unknown): SeedReader {
    return new SeedReader(this.seed, this.place === '' ? key : `${this.place}.${key}`, value);
  }
}

/** @throws {PropelAuthConfigurationError} when two have the same name */
export function assertDistinct(places: readonly SeedReader[]): void {
  const seen = new Set<string>();
  for (const place of places) {
    if (seen.has(place.text())) place.fail(`is ${JSON.stringify(place.text())} once more.`);
    seen.add(place.text());
  }
}
