import { Injectable } from '@nestjs/common';
import type { AccountLoader, Caller } from 'nestjs-propelauth';

export type Permission = 'portfolio.read' | 'order.create';

export interface Account {
  readonly id: number;
  /** The id at PropelAuth, for users who have moved. */
  readonly userId?: string;
  /** The id in the system before PropelAuth. */
  readonly legacyId?: string;
  readonly permissions: readonly Permission[];
}

/** The users of the application. A user of PropelAuth gets a row at the first call, all others have one or are not let in. */
@Injectable()
export class Accounts implements AccountLoader<Account> {
  readonly rows: Account[] = [
    {
      id: 1,
      userId: 'user-alice',
      legacyId: 'legacy-alice',
      permissions: ['portfolio.read', 'order.create'],
    },
    { id: 2, userId: 'user-bob', permissions: ['portfolio.read'] },
    { id: 3, legacyId: 'legacy-erin', permissions: ['portfolio.read', 'order.create'] },
  ];

  async load(caller: Caller): Promise<Account | undefined> {
    const { kind, userId, identity }: { kind: string; userId?: string; identity?: object } = caller;
    if (kind === 'legacy-user') {
      const { userId: legacyId } = identity as { userId: string };
      return this.rows.find((row) => row.legacyId === legacyId);
    }
    if (userId === undefined) return undefined;
    return kind === 'user' ? this.upsert(userId) : this.rows.find((row) => row.userId === userId);
  }

  /** As a database does with a unique column: without a moment between the look and the insertion. */
  private upsert(userId: string): Account {
    const known = this.rows.find((row) => row.userId === userId);
    if (known !== undefined) return known;
    const account: Account = {
      id: this.rows.length + 1,
      userId,
      permissions: ['portfolio.read', 'order.create'],
    };
    this.rows.push(account);
    return account;
  }
}
