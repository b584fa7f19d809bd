import type { CoreKind } from '../../../callers/core-kind.js';
import type { DescribedHandler } from '../../../startup/access-descriptions.js';
import type { HoldOptions } from '../hold-options.interface.js';
import type { NamedOrg, TestCaller, UnjudgedCaller } from '../test-caller.js';
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

/** Makes the callers of one kind of this package. */
export interface CallerMaker {
  /** A caller with a valid credential and no organization. */
  withoutRules(setup: CallerSetup): UnjudgedCaller | Promise<UnjudgedCaller>;
  /** The callers that the rules of a handler distinguish. */
  byRules(setup: CallerSetup, kind: CoreKind): Promise<TestCaller[]>;
}
