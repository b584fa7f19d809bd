import { Inject, Injectable, type Type } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { AccountLoader } from '../../options/account-loader.interface.js';
import { singletonOf } from '../../options/application-singletons.js';
import { PropelAuthConfigurationError } from '../../options/configuration.error.js';
import { Rejection } from '../../rejections/rejection.js';
import { asDeclared } from '../../types/as-declared.js';
import type { Accounts, RuleCall } from '../rule-call.js';
import type { Caller } from '../../types/caller.js';
import type { OrgMemberInfo } from '../../types/org-member-info.js';

/** The token of the option `account`; `undefined` without it. */
export const ACCOUNT_LOADER = Symbol('nestjs-propelauth: the option account');

/** How long calls join a load. Without this limit, a load that never ends would hold up every later call of its caller. */
const MAXIMUM_JOINED_MILLISECONDS = 10_000;

interface Load {
  readonly account: Promise<object | null>;
  readonly startedAt: number;
}

/** Loads the application's own records of callers. Nothing is kept when a load has ended. */
@Injectable()
export class CallerAccounts implements Accounts {
  // Private fields: logging this object must print neither the whole application nor callers.
  readonly #moduleRef: ModuleRef;
  /** The loads that have not ended, by caller and organization. */
  readonly #loads = new Map<string, Load>();
  #loader: AccountLoader | undefined;

  constructor(
    moduleRef: ModuleRef,
    @Inject(ACCOUNT_LOADER) private readonly type: Type<AccountLoader> | undefined,
  ) {
    this.#moduleRef = moduleRef;
  }

  /** Whether the application has the option `account`. */
  get isConfigured(): boolean {
    return this.type !== undefined;
  }

  /** @throws {PropelAuthConfigurationError} if the option names no loader of the application */
  assertUsable(): void {
    if (this.isConfigured) this.loader();
  }

  async of({ identified, org }: Pick<RuleCall, 'identified' | 'org'>): Promise<object | null> {
    return identified && this.load(identified.describe(), asDeclared(org));
  }

  /**
   * Loads the account of a call whose handler requires it.
   *
   * @throws {Rejection} for a caller without an account
   */
  async require(call: RuleCall): Promise<void> {
    call.accounts = this;
    if ((await call.account()) === null) throw new Rejection('account_missing');
  }

  /** Loads the account of a caller, once for all concurrent calls whose callers and memberships are the same in every detail. */
  private async load(caller: Caller, org: OrgMemberInfo | null): Promise<object | null> {
    // Other callers are plain data, which is the same if and only if its JSON is.
    if (caller.identity !== undefined) return this.ask(caller, org);
    const key = JSON.stringify([caller, org]);
    const running = this.#loads.get(key);
    const now = performance.now();
    if (running !== undefined && now - running.startedAt < MAXIMUM_JOINED_MILLISECONDS) {
      return running.account;
    }
    const load: Load = { account: this.ask(caller, org), startedAt: now };
    this.#loads.set(key, load);
    try {
      return await load.account;
    } finally {
      // A later load of this caller may have replaced one that took too long.
      if (this.#loads.get(key) === load) this.#loads.delete(key);
    }
  }

  private async ask(caller: Caller, org: OrgMemberInfo | null): Promise<object | null> {
    const account: unknown = await this.loader().load(caller, org);
    if (account === undefined) return null;
    if (typeof account === 'object' && !Array.isArray(account)) return account;
    const returned = Array.isArray(account) ? 'an array' : `a ${typeof account}`;
    throw new TypeError(
      `${this.type?.name}.load() returned ${returned}. Return one account as an object, or null.`,
    );
  }

  private loader(): AccountLoader {
    return (this.#loader ??= this.findLoader());
  }

  private findLoader(): AccountLoader {
    if (this.type === undefined) {
      throw new PropelAuthConfigurationError(
        'An account was asked for, but PropelAuthModule has no option account. Set it to a class with load(caller): ' +
          'PropelAuthModule.forRoot({ account: Accounts, … }).',
      );
    }
    const loader = singletonOf(this.#moduleRef, this.type, 'account');
    if (typeof (loader as Partial<typeof loader>).load === 'function') return loader;
    throw new PropelAuthConfigurationError(
      `account names ${this.type.name}, which has no method load(). Add load(caller), which returns the account or null.`,
    );
  }
}
