import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Pool } from 'pg';

/** Connections as the role tenancy_accounts. They are closed after event handlers have finished. */
export class AccountsPool extends Pool implements OnApplicationShutdown {
  constructor(url: string, poolSize = 4) {
    super({ connectionString: url, max: poolSize });
    // An idle connection that breaks would end the process otherwise; the next query opens another.
    this.on('error', ({ message }) => new Logger(AccountsPool.name).warn(message));
  }

  onApplicationShutdown(): Promise<void> {
    return this.end();
  }

  /** Runs statements with the same parameters in one transaction. Returns how many rows each of them has written. */
  async write(statements: readonly string[], parameters: readonly unknown[]): Promise<number[]> {
    const client = await this.connect();
    const counts: number[] = [];
    try {
      await client.query('begin');
      // Writes take turns, so that none deadlocks with another. They are short: PropelAuth is asked before.
      await client.query("select pg_advisory_xact_lock(hashtext('accounts'))");
      for (const statement of statements) {
        counts.push((await client.query(statement, [...parameters])).rowCount ?? 0);
      }
      await client.query('commit');
    } catch (error) {
      client.release(true); // closes the connection, and PostgreSQL rolls back
      throw error;
    }
    client.release();
    return counts;
  }
}
