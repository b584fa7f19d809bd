import type { Answer } from '../support/propelauth-server.js';
import { ACME_ID, GLOBEX_ID } from '../support/project.js';

/** A secret of which PropelAuth, or who answers in its place, says something that is no clear yes. */
export interface JunkAnswer {
  readonly name: string;
  readonly secret: string;
  readonly answer: Answer;
}

const user = { user_id: 'user-alice' };
const org = { org_id: ACME_ID };
const membership = { ...org, user_role: 'Owner' };

/** Bodies that a lenient reader could take for a yes. */
const BODIES_ABOUT_KEYS: unknown[] = [
  '',
  '{',
  '<html>',
  'null',
  'true',
  '1',
  '"user-alice"',
  '[]',
  '{}',
  [{ user }],
  { user: null },
  { user: true },
  { user: 'user-alice' },
  { user: [user] },
  { user: {} },
  { user: { ...user, user_id: '' } },
  { user: { ...user, user_id: null } },
  { user: { ...user, user_id: 7 } },
  { user: { ...user, user_id: ['user-alice'] } },
  { user: { ...user, email: {} } },
  `{"__proto__":{"user":${JSON.stringify(user)}}}`,
  { constructor: { user } },
  { data: { user } },
  { USER: user },
  { org: [] },
  { org: 'Acme' },
  { org: { ...org, org_id: 7 } },
  { org: { ...org, org_id: '' } },
  { user_id: 'user-alice' },
  { metadata: {}, user_id: 'user-alice' },
  { metadata: {}, org_id: ACME_ID },
  { metadata: [], user: null },
  { metadata: 'admin' },
  { kind: 'imported' },
  { user_in_org: membership },
  { org, user_in_org: membership },
  { user, user_in_org: membership },
  { user, org, user_in_org: { ...membership, org_id: GLOBEX_ID } },
  { user, org, user_in_org: { ...membership, user_role: ['Owner'] } },
  { user, org, user_in_org: { ...membership, user_permissions: 'can_edit_billing' } },
  { user, org, user_in_org: { ...membership, org_role_structure: 'matrix' } },
  { user, org, user_in_org: [membership] },
];

/** Statuses beside which a body says yes. */
const STATUSES = [
  201, 202, 203, 204, 206, 300, 301, 302, 307, 308, 400, 401, 403, 404, 418, 500, 503,
];

export const JUNK_ABOUT_KEYS: JunkAnswer[] = [
  ...BODIES_ABOUT_KEYS.map((body, index) => ({
    name: `the body ${typeof body === 'string' ? body : JSON.stringify(body)}`,
    secret: `junk-key-${index}`,
    answer: { status: 200, body },
  })),
  ...STATUSES.map((status) => ({
    name: `a key's owner under the status ${status}`,
    secret: `junk-key-of-status-${status}`,
    answer: { status, body: { user }, headers: { location: '/elsewhere' } },
  })),
];

export const JUNK_ABOUT_GRANTS: JunkAnswer[] = STATUSES.map((status) => ({
  name: `a yes about a grant under the status ${status}`,
  secret: `junk-grant-of-status-${status}`,
  answer: { status, body: {}, headers: { location: '/elsewhere' } },
}));
