import type { DescribedHandler } from '../../../startup/access-descriptions.js';
import type { CoreKind } from '../../../callers/core-kind.js';
import type { HoldOptions } from '../hold-options.interface.js';
import type { NamedOrg } from '../test-caller.js';
import type { CallerProfile, DistinguishedCaller } from './caller-profile.js';
import type { TestAccounts } from './test-accounts.js';

/** What callers are made from. */
export interface CallerSetup {
  readonly handler: DescribedHandler;
  /** The organization that calls name. */
  readonly org: NamedOrg;
  readonly accounts: TestAccounts;
  /** The kinds of callers that the application knows. */
  readonly kinds: readonly CoreKind[];
  readonly credentials: NonNullable<HoldOptions['credentials']>;
}

/** The callers that one type of rule tells apart. */
export interface RuleCallers {
  /** What callers of a kind need to be allowed. Default: nothing. */
  needs?(setup: CallerSetup, kind: string): Partial<CallerProfile>;
  /**
   * The callers of a kind that the rules of this type distinguish.
   *
   * @param allowed what an allowed caller is good for, by the rules of all types
   */
  distinguish(allowed: CallerProfile, setup: CallerSetup, kind: string): DistinguishedCaller[];
}
