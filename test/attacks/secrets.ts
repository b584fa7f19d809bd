import { createHash } from 'node:crypto';

const secretOf = (name: string) => createHash('sha256').update(name).digest('hex');

/** API keys that PropelAuth knows. */
export const KEYS = {
  personal: secretOf('a personal key of alice'),
  admin: secretOf('a key of alice for Acme, whose Admin she is'),
  org: secretOf('a key of Acme itself'),
  otherOrg: secretOf('a key of Globex itself'),
  formerMember: secretOf('a key of alice for Acme, which she has left'),
  nobody: secretOf('a key without an owner'),
  likeToken: 'header.payload.signature',
} as const;

/** Step-up grants that PropelAuth knows. */
export const GRANTS = {
  good: secretOf('a grant of alice'),
  ofBob: secretOf('a grant of bob'),
  forExport: secretOf('a grant of alice for another action'),
} as const;

export const WEBHOOK_SECRET = `whsec_${Buffer.from(secretOf('webhooks').slice(0, 32)).toString('base64')}`;
