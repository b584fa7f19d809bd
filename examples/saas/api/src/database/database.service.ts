import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import { CallerContext } from 'nestjs-propelauth/cls';

export type Transaction = Parameters<Parameters<NodePgDatabase['transaction']>[0]>[0];

@Injectable()
export class Database implements OnModuleInit, OnApplicationShutdown {
  private readonly db = drizzle({ connection: { connectionString: process.env.DATABASE_URL } });

  constructor(private readonly caller: CallerContext) {
    this.db.$client.on('error', (error) => console.error(error)); // Without it, a lost idle connection ends the process.
  }

  /** Runs `work` in a transaction with the rows of the organization that the guard has checked, and no others. */
  inOrg<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result> {
    const { orgId } = this.caller.requireOrg();
    return this.db.transaction(async (tx) => {
      await tx.execute(sql`select set_config('app.org_id', ${orgId}, true)`);
      return work(tx);
    });
  }

  /** Takes a deleted user off all projects and tasks, whatever their organization. */
  async unassignEverywhere(userId: string): Promise<void> {
    await this.db.execute(sql`select unassign_everywhere(${userId})`);
  }

  /** Policies do not apply to superusers, to owners until forced, or to tables without row-level security. Organizations would share rows. */
  async onModuleInit(): Promise<void> {
    const { rows } = await this.db.$client.query(`
      select 'role ' || current_user || '. Connect as saas_app.' as problem from pg_roles r
        where pg_has_role(r.oid, 'member') and (rolsuper or rolbypassrls
          or exists (select from pg_class where relowner = r.oid and relkind in ('r', 'p') and relpersistence <> 't'))
      union all select 'table ' || oid::regclass || '. Enable row-level security.' from pg_class
        where relkind in ('r', 'p') and not relrowsecurity and relpersistence <> 't'
          and (has_any_column_privilege(oid, 'insert, update') or has_table_privilege(oid, 'delete'))`);
    if (rows.length > 0) throw new Error(`Policies do not apply to the ${rows[0].problem}`);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.db.$client.end();
  }
}
