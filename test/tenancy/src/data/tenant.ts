import { Inject, Injectable } from '@nestjs/common';
import { TransactionHost } from '@nestjs-cls/transactional';
import type { TransactionalAdapterTypeOrm } from '@nestjs-cls/transactional-adapter-typeorm';
import type { OrgScope } from 'nestjs-propelauth/cls';

type Host = TransactionHost<TransactionalAdapterTypeOrm>;

/** Opens transactions in which the policies allow the rows of one organization. */
@Injectable()
export class Tenant {
  constructor(@Inject(TransactionHost) private readonly host: Host) {}

  /** Runs `work` in a transaction of the organization: the open one, or a new one. */
  run<Result>(org: OrgScope, work: (tx: Host['tx']) => Promise<Result>): Promise<Result> {
    return this.host.withTransaction(async () => {
      const { tx } = this.host;
      const set = await tx.sql<unknown[]>`
        select set_config('app.org_id', ${org.orgId}, true)
        where coalesce(nullif(current_setting('app.org_id', true), ''), ${org.orgId}) = ${org.orgId}`;
      if (set.length === 0) throw new Error('This transaction belongs to another organization.');
      return work(tx);
    });
  }
}
