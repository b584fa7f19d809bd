import type { RunningApplication } from '../support/application.js';
import { sendRaw } from '../support/send-raw.js';

/** A request as it goes over the wire: `GET /path` or `GET //host/path`, its headers besides Host and, for others than GET, a JSON body. */
export type Sent = readonly [line: string, headers?: readonly string[], body?: string];

/** Requests that must not be let in, by what they alter, by the answer that they get instead: its status, and its code if it has one. */
export type Attacks = Readonly<Record<string, Readonly<Record<string, Sent>>>>;

/** The host of requests that name none, so that `https://api.example.com` is the application's own origin. */
const HOST = 'api.example.com';

/** Sends a request, and returns the status and the code of the answer. GraphQL has the code of a rejection in `errorCode`. */
export async function send(url: string, sent: Sent): Promise<string> {
  const { status, text } = await sendText(url, sent);
  // Codes in capitals are those of Fastify and GraphQL.
  const [, code] = /"(?:errorCode|code)":"([a-z_/]+)"/.exec(text) ?? [];
  return [status, code].filter((part) => part !== undefined).join(' ');
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
export function itRejects(application: RunningApplication, letIn: Sent, attacks: Attacks): void {
  const isPost = letIn[0].startsWith('POST') && !letIn[0].includes('/graphql');
  const itLetsIn = (name: string) =>
    it(name, async () => {
      expect(await send(application.url, letIn)).toBe(isPost ? '201' : '200');
    });

  itLetsIn('lets in the request that the attacks alter');

  it.each(rowsOf(attacks))('rejects %s', async (_what, sent, answer) => {
    expect(await send(application.url, sent)).toBe(answer);
  });

  itLetsIn('still lets in the request that the attacks alter');
}

/** Rows for `it.each()`. */
export function rowsOf(attacks: Attacks): [what: string, sent: Sent, answer: string][] {
  return Object.entries(attacks).flatMap(([answer, all]) =>
    Object.entries(all).map(([what, sent]): [string, Sent, string] => [what, sent, answer]),
  );
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

/** An attack with each of these texts. */
export function ofNobody(write: (text: string) => Sent, where = ''): Record<string, Sent> {
  return Object.fromEntries(
    TEXTS_OF_NOBODY.map((text) => [`the text ${text}${where}`, write(text)]),
  );
}
