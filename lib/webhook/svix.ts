/** What is used of the package `svix`, which is optional: its types may not be there either. */
export interface Svix {
  readonly Webhook: new (secret: string) => {
    /** @throws when the signature is not one of this payload, or not a fresh one */
    verify(payload: string, headers: Record<string, string>): unknown;
  };
}

/** The package `svix`; `undefined` when it is not installed. */
export async function loadSvix(): Promise<Svix | undefined> {
  try {
    return await import('svix');
  } catch {
    return undefined;
  }
}
