import type { Finding } from './verdict.js';

/** What a reviewer would write. */
export function reviewOf(findings: readonly Finding[], unknownNames: readonly string[]): string {
  return [
    'The guard does not hold what describeAccess() says:',
    '',
    ...findings.map(
      ({ entryPoint: { name, handler }, what }) =>
        `${name} (${handler.description.controller}.${handler.description.handler}) ${what}\n  Its access: ${handler.description.summary}.`,
    ),
    ...unknownNames.map((name) => `except names ${name}, which no handler is called.`),
    '',
  ].join('\n');
}
