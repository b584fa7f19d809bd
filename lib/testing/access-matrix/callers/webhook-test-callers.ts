import { randomBytes } from 'node:crypto';
import type { TestCaller } from '../entry-point.js';
import { letIn, rejected } from './test-caller-words.js';
import type { TestAccounts } from './test-accounts.js';

/** An event that does not change any access. */
const EVENT = { event_type: 'user.logged_in', user_id: 'nobody' };

/** PropelAuth with a signed event, and callers that are not PropelAuth. */
export function webhookCallers({ issuer }: TestAccounts): TestCaller[] {
  const signed = issuer.webhook(EVENT);
  const secret = `whsec_${randomBytes(24).toString('base64')}`;
  const forged = issuer.webhook(EVENT, { secret });
  const { body } = signed;
  const unsigned = { body, headers: { 'content-type': 'application/json' } };
  return [
    letIn({ what: 'PropelAuth with a signed event', credentials: { tokens: [], webhook: signed } }),
    rejected({
      what: 'a sender of an event without a signature',
      credentials: { tokens: [], webhook: unsigned },
    }),
    rejected({
      what: 'a sender of an event that is signed with another secret',
      credentials: { tokens: [], webhook: forged },
    }),
  ];
}
