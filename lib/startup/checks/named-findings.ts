import { handlerInWords } from '../application/handler-names.js';
import type { ApplicationHandler } from '../application/application-handlers.js';

/** What a check finds in handlers, each finding with the name of its handler. */
export function findIn(
  handlers: readonly ApplicationHandler[],
  check: (handler: ApplicationHandler) => readonly string[],
): string[] {
  return handlers.flatMap((handler) =>
    check(handler).map((finding) => `${handlerInWords(handler)}: ${finding}`),
  );
}

/** Findings as one text, each once. */
export function listOf(heading: string, findings: readonly string[]): string {
  return [heading, ...new Set(findings)].join('\n- ');
}
