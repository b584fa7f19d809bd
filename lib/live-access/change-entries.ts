import { DerivedSecret } from '../values/derived-secret.js';
import { isJsonObject } from '../values/json-object.js';
import type { AccessEvent } from '../plugins/current-access.js';

/** What other implementations of `AccessChanges` are promised. */
const MAXIMUM_LENGTH = 4_096;

/** Ids of PropelAuth have 36. A longer one is left out, and the change then concerns everybody. */
const MAXIMUM_FIELD_LENGTH = 128;

/** More secrets are never in use at a time, and each makes entries longer. */
const MAXIMUM_SECRETS = 8;

/** The fields of an event that concern access. No other field leaves the instance. */
const FIELDS = ['event_type', 'user_id', 'removed_user_id', 'org_id'];

/** `<MACs>.<JSON>`. The form and the MAC stay the same in every version, so that a newer entry is not taken for a forged one. */
const ENTRY = /^([\w-]{43}(?:,[\w-]{43})*)\.(.+)$/s;

const VERSION = 1;

/** A change of access that an instance has published. */
interface RemoteChange {
  /** The `svix-id` of the event. Each attempt to send the event makes an entry. */
  readonly id: string;
  readonly event: AccessEvent;
  /** When that instance knew of the change: seconds since 1970. */
  readonly knownAt: number;
}

/**
 * Changes of access as texts that only an instance of the same service can make: with a message authentication code (MAC) by a secret that
 * is derived from that of the webhook endpoint.
 */
export class ChangeEntries {
  private readonly secrets: readonly DerivedSecret[];

  constructor(webhookSecrets: readonly string[]) {
    this.secrets = webhookSecrets
      .slice(0, MAXIMUM_SECRETS)
      .map((secret) => new DerivedSecret(secret, 'entry of a change of access'));
  }

  /** With a MAC by each secret: while a secret is replaced, some instances have only the old one. */
  seal({ id, event, knownAt }: RemoteChange): string {
    const json = JSON.stringify({ version: VERSION, id, knownAt, event: aboutAccess(event) });
    const macs = this.secrets.map((secret) => secret.macOf(json));
    return `${macs.join(',')}.${json}`;
  }

  /** @returns `forged` for an entry that no instance of this service has made, `unknown` for one that this version does not understand */
  open(entry: unknown): RemoteChange | 'forged' | 'unknown' {
    if (typeof entry !== 'string' || entry.length > MAXIMUM_LENGTH) return 'forged';
    const [, macs, json] = ENTRY.exec(entry) ?? [];
    if (macs === undefined || json === undefined) return 'forged';
    return this.isAuthentic(macs.split(','), json) ? read(JSON.parse(json)) : 'forged';
  }

  private isAuthentic(macs: readonly string[], json: string): boolean {
    return macs
      .slice(0, MAXIMUM_SECRETS)
      .some((mac) => this.secrets.some((secret) => secret.isMacOf(mac, json)));
  }
}

function aboutAccess(event: AccessEvent): Record<string, unknown> {
  const fields = FIELDS.map((name) => [name, event[name]]).filter(
    ([, value]) => typeof value === 'string' && value.length <= MAXIMUM_FIELD_LENGTH,
  );
  return Object.fromEntries(fields) as Record<string, unknown>;
}

function read(content: unknown): RemoteChange | 'unknown' {
  const { version, id, knownAt, event } = Object(content) as Record<string, unknown>;
  const isUnderstood =
    version === VERSION &&
    typeof id === 'string' &&
    Number.isFinite(knownAt) &&
    isJsonObject(event) &&
    typeof event['event_type'] === 'string';
  return isUnderstood ? { id, event: event as AccessEvent, knownAt: knownAt as number } : 'unknown';
}
