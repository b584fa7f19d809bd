import { Injectable } from '@nestjs/common';
import { TransactionHost } from '@nestjs-cls/transactional';
import type { TransactionalAdapterDrizzleOrm } from '@nestjs-cls/transactional-adapter-drizzle-orm';
import { sql } from 'drizzle-orm';
import type { NodePgDatabase } from 'drizzle-orm/node-postgres';
import type { OrgScope } from 'nestjs-propelauth/cls';

/** Runs queries as one organization. */
@Injectable()
export class DrizzleTenant {
  constructor(
    private readonly host: TransactionHost<TransactionalAdapterDrizzleOrm<NodePgDatabase>>,
  ) {}

  /** Opens a transaction, or joins the one that is open. The tenant ends with the transaction. */
  run<Result>(org: OrgScope, work: (tx: NodePgDatabase) => Promise<Result>): Promise<Result> {
    return this.host.withTransaction(async () => {
      const { tx } = this.host;
      const { rows } = await tx.execute(sql`
        select set_config('app.org_id', ${org.orgId}, true)
        where coalesce(nullif(current_setting('app.org_id', true), ''), ${org.orgId}) = ${org.orgId}`);
      if (rows.length === 0) throw new Error('The transaction belongs to another organization.');
      return work(tx);
    });
  }

  /** Runs a query without an organization: it finds no rows, except through find_invoice(). */
  get outside(): NodePgDatabase {
    return this.host.tx;
  }
}
