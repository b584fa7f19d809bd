import { Injectable } from '@nestjs/common';
import { CallerContext, type OrgScope } from 'nestjs-propelauth/cls';
import { DataSource, type EntityManager } from 'typeorm';
import { Invoice } from './invoice.entity.js';

/** Each query runs in the organization of the call, and none of them names it. */
@Injectable()
export class InvoicesService {
  constructor(
    private readonly caller: CallerContext,
    private readonly dataSource: DataSource,
  ) {}

  list() {
    return this.inOrg(this.caller.requireOrg(), (tx) => tx.find(Invoice));
  }

  create(number: string) {
    return this.inOrg(this.caller.requireOrg(), (tx) => tx.save(Invoice, { number }));
  }

  /** Runs `work` in a transaction in which the policy allows the rows of one organization. */
  private inOrg<Result>(org: OrgScope, work: (tx: EntityManager) => Promise<Result>) {
    return this.dataSource.transaction(async (tx) => {
      await tx.query(`select set_config('app.org_id', $1, true)`, [org.orgId]);
      return work(tx);
    });
  }
}
