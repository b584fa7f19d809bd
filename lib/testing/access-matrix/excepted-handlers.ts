import type { HandlerDescription } from '../../audit/describe-access.js';
import { nearestText } from '../../values/nearest-text.js';

type Named = Pick<HandlerDescription, 'name' | 'controller' | 'handler'>;

/** The handlers that `except` lists, by name alone, or with class and method, as findings show them. */
export class ExceptedHandlers {
  constructor(private readonly except: readonly string[]) {}

  has(handler: Named): boolean {
    return [handler.name, fullNameOf(handler)].some((name) => this.except.includes(name));
  }

  /** The complaints about names in `except` that match no handler, or several. */
  complaints(handlers: readonly Named[]): string[] {
    return this.except.flatMap((name) => {
      const fullNames = [...new Set(handlers.filter((one) => one.name === name).map(fullNameOf))];
      if (fullNames.length > 1) return [ambiguous(name, fullNames)];
      const isKnown = fullNames.length > 0 || handlers.some((one) => fullNameOf(one) === name);
      return isKnown ? [] : [unknown(name, [...new Set(handlers.map((one) => one.name))])];
    });
  }
}

/** The full name of a handler, such as `GET /reports (ReportsController.list)`. */
export function fullNameOf({ name, controller, handler }: Named): string {
  return `${name} (${controller}.${handler})`;
}

/** The complaint about a name of several handlers: one of them may be open by mistake. */
function ambiguous(name: string, fullNames: readonly string[]): string {
  const list = fullNames.map((one) => JSON.stringify(one)).join(', ');
  return `except lists ${JSON.stringify(name)}, but several handlers have this name. List the ones you mean: ${list}.`;
}

function unknown(name: string, names: readonly string[]): string {
  const advice =
    names.length === 0
      ? 'Remove it.'
      : `Remove it, or write ${JSON.stringify(nearestText(name, names))} if you mean that one.`;
  return `except lists ${JSON.stringify(name)}, but no handler has this name. ${advice}`;
}
