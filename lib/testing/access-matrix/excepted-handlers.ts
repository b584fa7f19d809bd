import { fullNameOf } from '../../startup/access-descriptions.js';
import type { HandlerDescription } from '../../startup/handler-description.interface.js';

const EXAMPLES = '"GET /orgs/:orgId", "Query.reports", "event reports"';

type Named = Pick<HandlerDescription, 'name' | 'controller' | 'handler'>;

/** Whether `except` lists a handler, by name alone, or with class and method, as findings show it. */
export function isExcepted(handler: Named, except: readonly string[]): boolean {
  return except.includes(handler.name) || except.includes(fullNameOf(handler));
}

/** The complaints about names in `except` that match no handler, or several: one of them may be open by mistake. */
export function complaintsAboutExcept(
  except: readonly string[],
  described: readonly { readonly description: Named }[],
): string[] {
  const handlers = described.map(({ description }) => description);
  return except.flatMap((name) => {
    const named = new Set(handlers.filter((one) => isExcepted(one, [name])).map(fullNameOf));
    if (named.size === 1) return [];
    const advice =
      named.size === 0
        ? `no handler has this name. Remove it, or correct it. Names look like ${EXAMPLES}.`
        : `several handlers have this name. List the ones you mean: ${[...named].map((one) => JSON.stringify(one)).join(', ')}.`;
    return `except lists ${JSON.stringify(name)}, but ${advice}`;
  });
}
