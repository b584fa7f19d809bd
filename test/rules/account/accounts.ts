import { Injectable, type INestApplication } from '@nestjs/common';
import type { AccountLoader, Caller, OrgMemberInfo } from 'nestjs-propelauth';
import { CallerAccounts } from '../../../lib/rules/account/caller-accounts.js';

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

/** Lets loads end only once so many calls wait for their accounts. */
export function holdUntil(
  app: INestApplication,
  count: number,
  answer: Accounts['answer'] = accountOf,
): void {
  const loads = app.get(CallerAccounts);
  const require = loads.require.bind(loads);
  let asked = 0;
  let release: () => void;
  const held = new Promise<void>((resolve) => (release = resolve));
  jest.spyOn(loads, 'require').mockImplementation((...call) => {
    const waiting = require(...call);
    if (++asked === count) release();
    return waiting;
  });
  app.get(Accounts).answer = async (...given) => {
    await held;
    return answer(...given);
  };
}
