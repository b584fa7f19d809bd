import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Answer } from '../support/propelauth-server.js';

/** An answer that first reads what it was sent, and keeps it. */
export function recordingBody(answer: { status: number; body: object }): {
  bodies: unknown[];
  answer: Answer;
} {
  const bodies: unknown[] = [];
  return {
    bodies,
    answer: (request, response) => {
      void readJson(request).then((body) => {
        bodies.push(body);
        response.writeHead(answer.status, { 'content-type': 'application/json' });
        response.end(JSON.stringify(answer.body));
      });
    },
  };
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  return JSON.parse(await text(request)) as unknown;
}
