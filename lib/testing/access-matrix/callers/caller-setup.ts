import type { CallerKinds } from '../../../callers/caller-kinds.js';
import type { DescribedHandler } from '../../../startup/access-descriptions.js';
import type { HoldOptions } from '../hold-options.interface.js';
import type { NamedOrg } from '../test-caller.js';
import type { TestAccounts } from './test-accounts.js';

/** What callers are made from. */
export interface CallerSetup {
  readonly handler: DescribedHandler;
  /** The organization that calls name. */
  readonly org: NamedOrg;
  readonly accounts: TestAccounts;
  /** The kinds of callers that the application knows. */
  readonly kinds: CallerKinds;
  readonly credentials: NonNullable<HoldOptions['credentials']>;
}
