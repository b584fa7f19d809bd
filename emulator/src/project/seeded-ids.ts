import { createHash } from 'node:crypto';

/** Creates ids that look like PropelAuth's and are the same in every run, so that snapshots and bookmarks stay valid. */
export class SeededIds {
  constructor(private readonly seed: string) {}

  /** A UUID, the same for the same seed, kind and name. */
  uuid(kind: 'user' | 'org', name: string): string {
    const digits = this.digits(kind, name);
    // Version 4, variant 1, as id validators require.
    const variant = '89ab'[Number.parseInt(digits.charAt(16), 16) % 4];
    return [
      digits.slice(0, 8),
      digits.slice(8, 12),
      `4${digits.slice(13, 16)}`,
      `${variant}${digits.slice(17, 20)}`,
      digits.slice(20, 32),
    ].join('-');
  }

  /** 32 hexadecimal digits, like the ids of end-user API keys. */
  digits(kind: 'user' | 'org' | 'api-key', name: string): string {
    return createHash('sha256')
      .update(JSON.stringify([this.seed, kind, name]))
      .digest('hex')
      .slice(0, 32);
  }
}
