import { randomUUID } from 'node:crypto';
import { DerivedSecret } from '../values/derived-secret.js';
import { isJsonObject } from '../values/json-object.js';
import type { AccessEvent } from './access-change.js';

/** What other implementations of `AccessChanges` are promised. */
const MAXIMUM_LENGTH = 4_096;

/** Ids of PropelAuth have 36. A longer one is left out, and the change then concerns everybody. */
const MAXIMUM_FIELD_LENGTH = 128;

/** Nobody replaces so many secrets at a time, and each makes entries longer. */
const MAXIMUM_SECRETS = 8;

/** What tells of access in an event. Nothing else of it leaves the instance. */
const FIELDS = ['event_type', 'user_id', 'removed_user_id', 'org_id'];

/** `<codes>.<JSON>`. The form and the code stay the same in every version, so that what is newer is not taken for forged. */
const ENTRY = /^([\w-]{43}(?:,[\w-]{43})*)\.(.+)$/s;

const VERSION = 1;

/** What an instance tells the others. */
export interface KnownChange {
  /** What tells an entry from another that says the same. */
  readonly id: string;
  readonly event: AccessEvent;
  /** When that instance knew of it: seconds since 1970. */
  readonly knownAt: number;
}

/**
 * Changes of access as texts that only an instance of the same service can make: with a code by a secret that is made of the secret of the
 * webhook endpoint.
 */
export class ChangeEntries {
  private readonly secrets: readonly DerivedSecret[];

  constructor(webhookSecrets: readonly string[]) {
    this.secrets = webhookSecrets
      .slice(0, MAXIMUM_SECRETS)
      .map((secret) => new DerivedSecret(secret, 'entry of a change of access'));
  }

  /** With a code by each secret, since instances that start one after another do not get a new one at the same time. */
  seal(event: AccessEvent, knownAt: number): { id: string; entry: string } {
    const id = randomUUID();
    const json = JSON.stringify({ version: VERSION, id, knownAt, event: aboutAccess(event) });
    const codes = this.secrets.map((secret) => secret.codeOf(json));
    return { id, entry: `${codes.join(',')}.${json}` };
  }

  /** @returns `forged` for what no instance of this service has made, and `unknown` for what one of another version may mean */
  open(entry: unknown): KnownChange | 'forged' | 'unknown' {
    if (typeof entry !== 'string' || entry.length > MAXIMUM_LENGTH) return 'forged';
    const [, codes, json] = ENTRY.exec(entry) ?? [];
    if (codes === undefined || json === undefined) return 'forged';
    return this.isMadeHere(codes.split(','), json) ? read(JSON.parse(json)) : 'forged';
  }

  private isMadeHere(codes: readonly string[], json: string): boolean {
    return codes
      .slice(0, MAXIMUM_SECRETS)
      .some((code) => this.secrets.some((secret) => secret.isCodeOf(code, json)));
  }
}

function aboutAccess(event: AccessEvent): Record<string, unknown> {
  const fields = FIELDS.map((name) => [name, event[name]]).filter(
    ([, value]) => typeof value === 'string' && value.length <= MAXIMUM_FIELD_LENGTH,
  );
  return Object.fromEntries(fields) as Record<string, unknown>;
}

function read(content: unknown): KnownChange | 'unknown' {
  const { version, id, knownAt, event } = Object(content) as Record<string, unknown>;
  const isUnderstood =
    version === VERSION &&
    typeof id === 'string' &&
    Number.isFinite(knownAt) &&
    isJsonObject(event) &&
    typeof event['event_type'] === 'string';
  return isUnderstood ? { id, event: event as AccessEvent, knownAt: knownAt as number } : 'unknown';
}
