/**
 * The parameters of a request, from its query or form. As OAuth2 has it (RFC 6749, sections 3.1 and 3.2), an empty parameter counts as
 * absent, and no parameter may be repeated.
 */
export class RequestParameters {
  private readonly values: ReadonlyMap<string, unknown>;

  /** Whether a parameter is repeated: parsers turn it into a list or an object. */
  readonly hasRepeated: boolean;

  /** @param parsed the query or form, as the HTTP adapter parses it */
  constructor(parsed: unknown) {
    this.values = new Map(Object.entries(parsed ?? {}));
    this.hasRepeated = [...this.values.values()].some((value) => typeof value !== 'string');
  }

  /** The value, or `undefined` if it is absent or repeated. */
  get(name: string): string | undefined {
    const value = this.values.get(name);
    return typeof value === 'string' && value !== '' ? value : undefined;
  }
}
