import { handlerInWords } from '../application/handler-names.js';
import type { ApplicationHandler } from '../application/application-handlers.js';

/** How many handlers with one finding are named: a wrong global rule affects all. */
const NAMED_HANDLERS = 10;

/** What a check finds in handlers, each finding with the names of its handlers. */
export function findIn(
  handlers: readonly ApplicationHandler[],
  check: (handler: ApplicationHandler) => readonly string[],
): string[] {
  const named = new Map<string, Set<string>>();
  for (const handler of handlers) {
    for (const finding of check(handler)) {
      const known = named.get(finding) ?? new Set();
      named.set(finding, known.add(handlerInWords(handler)));
    }
  }
  return [...named].flatMap(([finding, [...names]]) => {
    const shown = names.slice(0, NAMED_HANDLERS);
    const others = names.length - shown.length;
    return others === 0
      ? shown.map((name) => `${name}: ${finding}`)
      : [`${shown.join(', ')} and ${others} more: ${finding}`];
  });
}

/** Findings as one text, each once. */
export function listOf(heading: string, findings: readonly string[]): string {
  return [heading, ...new Set(findings)].join('\n- ');
}
