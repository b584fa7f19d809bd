import { MISTAKES_AROUND_HANDLERS } from './around-handlers.js';
import { MISTAKES_BESIDE_HANDLERS } from './beside-handlers.js';
import { DECORATOR_MISTAKES } from './decorators.js';
import { GUARD_MISTAKES } from './guards.js';
import type { Mistake } from './mistake.js';
import { MISTAKES_OF_OTHER_TRANSPORTS } from './other-transports.js';
import { MISTAKES_WITH_OWN_RULES } from './own-rules.js';
import { UNTRACEABLE_HANDLERS } from './untraceable-handlers.js';

/** The mistakes that people make, by what they are about. */
export const MISTAKES: Readonly<Record<string, readonly Mistake[]>> = {
  Decorators: DECORATOR_MISTAKES,
  'Rules of the application': MISTAKES_WITH_OWN_RULES,
  'Guards of other libraries': GUARD_MISTAKES,
  'Handlers that are replaced': UNTRACEABLE_HANDLERS,
  'Around handlers': MISTAKES_AROUND_HANDLERS,
  'Without a handler': MISTAKES_BESIDE_HANDLERS,
  'GraphQL, gateways and messages': MISTAKES_OF_OTHER_TRANSPORTS,
};
