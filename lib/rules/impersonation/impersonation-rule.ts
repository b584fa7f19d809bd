import { Rejection } from '../../rejections/rejection.js';
import type { RuleType } from '../rule.js';

/** Rejects employees who impersonate a user. */
export const impersonationRule: RuleType<undefined, true> = {
  name: 'impersonation',
  asks: { about: 'who impersonates it', answer: 'impersonator()' },

  combine: () => true,

  // Callers of other kinds impersonate nobody.
  fromCode: () => undefined,

  on: ({ impersonatorOf }) => (impersonatorOf === undefined ? 'met' : 'checked'),

  precheck({ caller }) {
    if (caller.impersonatorId !== undefined) throw new Rejection('impersonation_denied');
  },

  describe: () => ({ words: 'not impersonated', reasons: ['impersonation_denied'], data: true }),
};
