/** What is used of the package `svix`, which is optional: its types may not be there either. */
export interface Svix {
  readonly Webhook: new (secret: string) => {
    /** @throws when the signature is not one of this payload, or not a fresh one */
    verify(payload: string, headers: Record<string, string>): unknown;
    sign(messageId: string, sentAt: Date, payload: string): string;
  };
}

/** The package `svix`; `undefined` when it is not installed. */
export async function loadSvix(): Promise<Svix | undefined> {
  try {
    const { Webhook } = await import('svix');
    // Not the module itself: explorers of Nest look at the constructor of every provider, and a module has none.
    return { Webhook };
  } catch {
    return undefined;
  }
}
