import { type AccessEvent, DerivedSecret, isJsonObject } from '../extend.js';

/** The limit that `AccessChanges` promises to other implementations. */
const MAXIMUM_LENGTH = 4_096;

/** PropelAuth's ids have 36 characters. A longer id is left out, and the change then concerns everybody. */
const MAXIMUM_FIELD_LENGTH = 128;

/** More secrets are never in use at a time, and each one makes entries longer. */
const MAXIMUM_SECRETS = 8;

/** The fields of an event that concern access. No other field leaves the instance. */
const FIELDS = ['event_type', 'user_id', 'removed_user_id', 'org_id'];

/** `<MACs>.<JSON>`. Form and MAC are the same in every version, so that a newer entry does not count as forged. */
const ENTRY = /^([\w-]{43}(?:,[\w-]{43})*)\.(.+)$/s;

const VERSION = 1;

/** A change of access that an instance has published. */
interface RemoteChange {
  /** The `svix-id` of the event. Each delivery of the event creates an entry. */
  readonly id: string;
  readonly event: AccessEvent;
  /** When the publishing instance knew of the change, in seconds since 1970. */
  readonly knownAt: number;
}

/** What an instance publishes now and then, to show that it is there. */
export interface Heartbeat {
  readonly knownAt: number;
  /** Since when no change can be missing from the log, in seconds since 1970. */
  readonly since: number;
  /** Whether changes from before `since` may be missing, whatever other instances have published. */
  readonly isBreak: boolean;
}

export type Entry = RemoteChange | Heartbeat;

export function isHeartbeat(entry: Entry): entry is Heartbeat {
  return 'since' in entry;
}

/**
 * Writes and reads changes of access as texts that only an instance of the same service can create. Each text has a message authentication
 * code (MAC), made with a secret derived from that of the webhook endpoint.
 */
export class ChangeEntries {
  private readonly secrets: readonly DerivedSecret[];

  constructor(webhookSecrets: readonly string[]) {
    this.secrets = webhookSecrets
      .slice(0, MAXIMUM_SECRETS)
      .map((secret) => new DerivedSecret(secret, 'entry of a change of access'));
  }

  /** Adds a MAC by each secret: while a secret is replaced, some instances have only the old one. */
  seal(entry: Entry): string {
    const content = isHeartbeat(entry) ? entry : { ...entry, event: aboutAccess(entry.event) };
    const json = JSON.stringify({ version: VERSION, ...content });
    const macs = this.secrets.map((secret) => secret.macOf(json));
    return `${macs.join(',')}.${json}`;
  }

  /** @returns `forged` if no instance of this service created the entry, `unknown` if this version does not understand it */
  open(entry: unknown): Entry | 'forged' | 'unknown' {
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

function read(content: unknown): Entry | 'unknown' {
  const { version, ...entry } = Object(content) as Record<string, unknown>;
  if (version !== VERSION || !Number.isFinite(entry['knownAt'])) return 'unknown';
  const { event, since } = entry;
  const isUnderstood =
    event === undefined
      ? Number.isFinite(since) && typeof entry['isBreak'] === 'boolean'
      : typeof entry['id'] === 'string' &&
        isJsonObject(event) &&
        typeof event['event_type'] === 'string';
  return isUnderstood ? (entry as unknown as Entry) : 'unknown';
}
