import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import { CallerContext } from 'nestjs-propelauth/cls';
import { Pool } from 'pg';

export type Transaction = Parameters<Parameters<NodePgDatabase['transaction']>[0]>[0];

@Injectable()
export class Database implements OnModuleInit, OnApplicationShutdown {
  private readonly pool = new Pool({ connectionString: process.env.DATABASE_URL });
  private readonly db = drizzle(this.pool);

  constructor(private readonly caller: CallerContext) {
    this.pool.on('error', (error) => console.error(error)); // Without it, a lost idle connection ends the process.
  }

  /** Runs `work` in a transaction with the rows of the organization that the guard has checked, and no others. */
  inOrg<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result> {
    const { orgId } = this.caller.requireOrg();
    return this.db.transaction(async (tx) => {
      await tx.execute(sql`select set_config('app.org_id', ${orgId}, true)`);
      return work(tx);
    });
  }

  /** Takes a deleted user off all tasks, whatever their organization. */
  async unassignEverywhere(userId: string): Promise<void> {
    await this.db.execute(sql`select unassign_everywhere(${userId})`);
  }

  /** Policies do not apply to superusers and, until forced, to owners. With such a role, every organization would see all rows. */
  async onModuleInit(): Promise<void> {
    const { rows } = await this.pool.query(`
      select current_user as role from pg_roles r where pg_has_role(r.oid, 'member') and (rolsuper or rolbypassrls
        or exists (select from pg_class where relowner = r.oid and relkind in ('r', 'p') and relpersistence <> 't'))`);
    if (rows.length === 0) return;
    throw new Error(`Policies do not apply to the role ${rows[0].role}. Connect as saas_app.`);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.pool.end();
  }
}
