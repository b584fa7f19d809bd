import type { RunningApplication } from '../support/application.js';
import { sendRaw } from '../support/send-raw.js';

/** A request as it goes over the wire: `GET /path` or `GET //host/path`, its headers besides Host and, for others than GET, a JSON body. */
export type Sent = readonly [line: string, headers?: readonly string[], body?: string];

/** A request that must not be let in, and the status and the code that it gets instead. */
export type Attack = readonly [what: string, sent: Sent, status: number, code?: string];

/** What a client can tell an answer by. GraphQL has the code of a rejection in `errorCode`. */
interface Answer {
  readonly status: number | 'closed';
  readonly code: string | undefined;
}

/** The host of requests that name none, so that `https://api.example.com` is the application's own origin. */
const HOST = 'api.example.com';

export async function send(url: string, [line, headers = [], body = '']: Sent): Promise<Answer> {
  const { status, text } = await sendText(url, [line, headers, body]);
  // Codes in capitals are those of Fastify and GraphQL.
  const code = /"(?:errorCode|code)":"([a-z_/]+)"/.exec(text);
  return { status, code: code?.[1] };
}

/** Sends a request, and returns the whole answer. */
export function sendText(url: string, [line, headers = [], body = '']: Sent) {
  const type = ['Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`];
  const [, host = HOST] = / \/\/([^/]+)/.exec(line) ?? [];
  const all = [`Host: ${host}`, 'Connection: close', ...(body === '' ? [] : type), ...headers];
  return sendRaw(
    url,
    `${line.replace(`//${host}`, '')} HTTP/1.1\r\n${all.join('\r\n')}\r\n\r\n${body}`,
  );
}

/**
 * Attacks on one way into an application. The request that they alter is let in before and after them, so that they are rejected for what
 * they alter.
 */
export function itRejects(
  application: RunningApplication,
  letIn: Sent,
  attacks: readonly Attack[],
): void {
  const status = letIn[0].startsWith('POST') && !letIn[0].includes('/graphql') ? 201 : 200;
  const control = { status, code: undefined };

  it('lets in the request that the attacks alter', async () => {
    expect(await send(application.url, letIn)).toEqual(control);
  });

  it.each(named(attacks))('rejects $what', async ({ attack: [, sent, expected, code] }) => {
    expect(await send(application.url, sent)).toEqual({ status: expected, code });
  });

  it('still lets in the request that the attacks alter', async () => {
    expect(await send(application.url, letIn)).toEqual(control);
  });
}

/** Rows for `it.each()`, whose types know no optional elements. */
export function named(attacks: readonly Attack[]) {
  return attacks.map((attack) => ({ what: attack[0], attack }));
}

export const bearer = (text: string): string => `Authorization: Bearer ${text}`;

/** Texts that a careless look-up could find in any object, or take for another text. */
export const TEXTS_OF_NOBODY: readonly string[] = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'undefined',
  'null',
  'true',
  '0',
  '[]',
  '{}',
  '*',
  '%',
  "' OR '1'='1",
];
