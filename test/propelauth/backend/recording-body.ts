import { text } from 'node:stream/consumers';
import type { Answer } from '../../support/propelauth-server.js';

/** An answer that first reads what it was sent, and keeps it: JSON, unless it is parsed otherwise. */
export function recordingBody(
  answer: { status: number; body: object },
  parse: (text: string) => unknown = JSON.parse,
): {
  bodies: unknown[];
  answer: Answer;
} {
  const bodies: unknown[] = [];
  return {
    bodies,
    answer: (request, response) => {
      void text(request).then((body) => {
        bodies.push(parse(body));
        response.writeHead(answer.status, { 'content-type': 'application/json' });
        response.end(JSON.stringify(answer.body));
      });
    },
  };
}
