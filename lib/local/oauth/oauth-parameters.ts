/**
 * The parameters of a request, from its query or its form (RFC 6749, sections 3.1 and 3.2): one
 * without a value counts as left out, and none may be there twice.
 */
export class OAuthParameters {
  private readonly values: ReadonlyMap<string, unknown>;

  /** Whether one of them is there more than once: parsers make a list, or an object, of that. */
  readonly areRepeated: boolean;

  /** @param parsed the query or form, as the HTTP adapter parses it */
  constructor(parsed: unknown) {
    this.values = new Map(Object.entries(parsed ?? {}));
    this.areRepeated = [...this.values.values()].some((value) => typeof value !== 'string');
  }

  /** The value; `undefined` where there is none, or more than one. */
  get(name: string): string | undefined {
    const value = this.values.get(name);
    return typeof value === 'string' && value !== '' ? value : undefined;
  }
}
