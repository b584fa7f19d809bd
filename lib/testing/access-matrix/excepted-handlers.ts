import { fullNameOf } from '../../audit/access-descriptions.js';
import type { HandlerDescription } from '../../audit/handler-description.interface.js';
import { nearestText } from '../../values/nearest-text.js';

type Named = Pick<HandlerDescription, 'name' | 'controller' | 'handler'>;

/** The handlers that `except` lists, by name alone, or with class and method, as findings show them. */
export class ExceptedHandlers {
  constructor(private readonly except: readonly string[]) {}

  has(handler: Named): boolean {
    return [handler.name, fullNameOf(handler)].some((name) => this.except.includes(name));
  }

  /** The complaints about names in `except` that match no handler, or several: one of them may be open by mistake. */
  complaints(handlers: readonly Named[]): string[] {
    return this.except.flatMap((name) => {
      const named = new Set(handlers.filter((one) => one.name === name).map(fullNameOf));
      if (named.size > 1) {
        const list = [...named].map((one) => JSON.stringify(one));
        return `except lists ${JSON.stringify(name)}, but several handlers have this name. List the ones you mean: ${list.join(', ')}.`;
      }
      if (named.size > 0 || handlers.some((one) => fullNameOf(one) === name)) return [];
      const names = [...new Set(handlers.map((one) => one.name))];
      const nearest = names.length > 0 ? JSON.stringify(nearestText(name, names)) : undefined;
      const advice =
        nearest === undefined
          ? 'Remove it.'
          : `Remove it, or write ${nearest} if you mean that one.`;
      return `except lists ${JSON.stringify(name)}, but no handler has this name. ${advice}`;
    });
  }
}
