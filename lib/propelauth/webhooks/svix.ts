/** What is used of the package `svix`, which is optional: its types may not be there either. */
export interface Svix {
  readonly Webhook: new (secret: string) => {
    /** @throws when the signature is not one of this payload, or not a fresh one */
    verify(payload: string, headers: Record<string, string>): unknown;
    sign(messageId: string, sentAt: Date, payload: string): string;
  };
}

/** Version 2 is an ES module, which Jest cannot load in CommonJS on Node.js 20. */
const HOW_TO_INSTALL =
  'Run npm install svix; if it is installed, Jest in CommonJS needs version 1: npm install svix@1.';

/** The message about a package `svix` that {@link loadSvix} did not load, for the decorator or function that needs it. */
export function describeMissingSvix(needing: string): string {
  return `${needing} needs the package svix, which is missing or cannot be loaded. ${HOW_TO_INSTALL}`;
}

/** The package `svix`; `undefined` when it is not installed, or cannot be loaded. */
export async function loadSvix(): Promise<Svix | undefined> {
  try {
    const { Webhook } = await import('svix');
    // Not the module itself: explorers of Nest look at the constructor of every provider, and a module has none.
    return { Webhook };
  } catch {
    return undefined;
  }
}
