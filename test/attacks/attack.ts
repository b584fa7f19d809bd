import { alice } from '../support/claims.js';
import { ISSUER, NOW, forge, type JsonObject } from '../support/forge.js';

/** A token that must not let anybody in, whoever signed it. */
export interface TokenAttack {
  readonly name: string;
  /** @param keyServer the address of a server of the attacker's, which hands out keys */
  readonly token: (keyServer: string) => string | Promise<string>;
}

/** A request that must not let anybody in, as it goes over the wire. */
export interface RequestAttack {
  readonly name: string;
  readonly request: () => string;
  /** How it may be answered; `closed` is a connection that ends without an answer. */
  readonly answers: readonly Rejection[];
  /** The same request without the attack, which is let in; default: one with a valid token. */
  readonly control?: () => string;
}

/** An attack, with answers of its own if it has others than those beside it. */
type Tried = readonly [
  name: string,
  request: () => string,
  answers?: readonly Rejection[] | undefined,
];

/** Attacks that differ in what they send, and whose control is the same. */
export function attacksOn(
  control: () => string,
  answers: readonly Rejection[],
  requests: readonly Tried[],
): RequestAttack[] {
  return requests.map(([name, request, own]) => ({
    name,
    request,
    answers: own ?? answers,
    control,
  }));
}

/**
 * How an attack may be answered. 200 is an answer to somebody anonymous, or one of GraphQL whose field was rejected; 503 only one while
 * PropelAuth itself says nothing that makes sense.
 */
export type Rejection =
  | 200
  | 400
  | 401
  | 403
  | 404
  | 405
  | 413
  | 414
  | 415
  | 417
  | 422
  | 431
  | 503
  | 'closed';

/** Claims of a valid token of alice, with changes; a claim that is `undefined` is left out. */
export function claimsWith(changes: JsonObject = {}): JsonObject {
  return { iss: ISSUER, iat: NOW - 60, exp: NOW + 1800, ...alice, ...changes };
}

/** A token of alice that nothing is wrong with, for attacks to begin from. */
export const VALID_TOKEN = forge(claimsWith());

/** The three parts of a token. */
export function partsOf(token: string): [header: string, payload: string, signature: string] {
  return token.split('.') as [string, string, string];
}

/** The text of a request to be sent as it is; the connection ends with its answer. */
export function requestText(startLine: string, headers: readonly string[] = [], body = ''): string {
  const length = body === '' ? [] : [`Content-Length: ${Buffer.byteLength(body)}`];
  const lines = [`${startLine} HTTP/1.1`, 'Host: 127.0.0.1', 'Connection: close'];
  return `${[...lines, ...length, ...headers].join('\r\n')}\r\n\r\n${body}`;
}

export function bearer(token: string): string {
  return `Authorization: Bearer ${token}`;
}
