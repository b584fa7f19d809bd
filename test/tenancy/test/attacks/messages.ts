import { A, B, THEIRS } from '../tenants.js';
import { ASSIGNED, type Attack, leftToPolicies, member, NEW, outsider } from './attack.js';

const message =
  (pattern: string, data: unknown): Attack['send'] =>
  (client) =>
    client.message(pattern, data);

export const messageAttacks: readonly Attack[] = [
  outsider('message', 'FORBIDDEN', message('invoices.list', { orgId: B })),
  outsider(
    'message for an invoice',
    'FORBIDDEN',
    message('invoices.find', { orgId: B, id: THEIRS.id }),
  ),
  outsider(
    'message that writes',
    'FORBIDDEN',
    message('invoices.create', { orgId: B, invoice: NEW }),
  ),
  member('message with a list', 'FORBIDDEN', message('invoices.list', { orgId: [A, B] })),
  member('message with an object', 'FORBIDDEN', message('invoices.list', { orgId: { orgId: B } })),
  member(
    'message with another name',
    'FORBIDDEN',
    message('invoices.list', { org_id: B, org: { orgId: B } }),
  ),
  member('message that is a text', 'FORBIDDEN', message('invoices.list', B)),
  member('message that is a list', 'FORBIDDEN', message('invoices.list', [{ orgId: B }])),
  leftToPolicies(
    'message of A, and B under other names',
    'OK',
    message('invoices.list', { ...ASSIGNED, orgId: A, org: { orgId: B } }),
  ),
  leftToPolicies(
    "message of A, for B's invoice",
    404,
    message('invoices.find', { orgId: A, id: THEIRS.id }),
  ),
  member(
    "message of A, with B's ids in the invoice",
    'OK',
    message('invoices.create', {
      orgId: A,
      invoice: { ...NEW, ...ASSIGNED, lines: [{ cents: 5, ...ASSIGNED }] },
    }),
  ),
];
