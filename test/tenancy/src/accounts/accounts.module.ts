import { type DynamicModule, Module } from '@nestjs/common';
import { AccountEvents } from './account-events.js';
import { Accounts } from './accounts.js';
import { AccountsPool } from './accounts-pool.js';
import { LinkedAccounts } from './linked-accounts.js';

/** How to reach PostgreSQL for accounts. */
export interface AccountsOptions {
  /** As the role tenancy_accounts. */
  readonly url: string;
  /** The most connections. Default: 4. */
  readonly poolSize?: number;
}

/** Needs PropelAuthModule with `webhooks`, and a global ClsModule with PropelAuthClsPlugin. */
@Module({})
export class AccountsModule {
  static forRoot({ url, poolSize }: AccountsOptions): DynamicModule {
    return {
      module: AccountsModule,
      providers: [
        { provide: AccountsPool, useFactory: () => new AccountsPool(url, poolSize) },
        Accounts,
        AccountEvents,
        LinkedAccounts,
      ],
      exports: [LinkedAccounts],
    };
  }
}
