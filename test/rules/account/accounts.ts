import { Injectable } from '@nestjs/common';
import type { AccountLoader, Caller, OrgMemberInfo } from 'nestjs-propelauth';

/** The application's own record of a caller, in the tests. */
export interface TestAccount {
  readonly id: string;
}

export const accountOf = ({ userId }: Caller): TestAccount => ({ id: `account of ${userId}` });

/** Loads accounts as the test says, and notes for whom. */
@Injectable()
export class Accounts implements AccountLoader<TestAccount> {
  readonly loaded: Caller[] = [];
  answer: (caller: Caller, org: OrgMemberInfo | null) => unknown = accountOf;

  load(caller: Caller, org: OrgMemberInfo | null) {
    this.loaded.push(caller);
    return this.answer(caller, org) as TestAccount;
  }
}
