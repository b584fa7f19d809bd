import { accountRule } from './account/account-rule.js';
import { anyOfRule } from './any-of/any-of-rule.js';
import { applicationRule } from './application/application-rule.js';
import { impersonationRule } from './impersonation/impersonation-rule.js';
import { metadataRule } from './metadata/metadata-rule.js';
import { orgRule } from './org/org-rule.js';
import type { RuleType } from './rule.js';
import { resourceRule } from './application/resource-rule.js';
import { scopeRule } from './scope/scope-rule.js';
import { stepUpRule } from './step-up/step-up-rule.js';

/**
 * The types of rules, in the order in which they are checked: first what the credential shows, last what a check uses up. Everything that
 * asks nobody (`precheck`) comes before anything that may (`check`). The account comes after every other rule about the caller, because the
 * application may create one for them.
 */
export const RULE_TYPES: readonly RuleType[] = [
  impersonationRule,
  scopeRule,
  metadataRule,
  orgRule,
  applicationRule,
  anyOfRule,
  resourceRule,
  accountRule,
  stepUpRule,
];
