import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Pool, type PoolClient } from 'pg';
import type { DataOptions } from '../data-options.js';

type Callback = Parameters<InstanceType<typeof Pool>['connect']>[0];

/**
 * A pool whose connections are lent. Drizzle's transactions keep theirs: one that outlives its transaction, such as in a query that nobody
 * waits for, would run in whatever transaction has the connection by then, perhaps that of another organization.
 */
export class LendingPool extends Pool implements OnApplicationShutdown {
  constructor({ url, poolSize = 10 }: DataOptions) {
    super({ connectionString: url, max: poolSize });
    // A connection that breaks while nobody waits for an answer, idle or between two queries. Without listeners, it would end the process.
    this.on('error', logError);
    this.on('connect', (client) => client.on('error', logError));
  }

  override connect(): Promise<PoolClient>;
  override connect(callback: Callback): void;
  override connect(callback?: Callback): Promise<PoolClient> | void {
    return callback === undefined ? super.connect().then(lend) : super.connect(callback);
  }

  onApplicationShutdown() {
    return this.end();
  }
}

function logError({ message }: Error): void {
  new Logger('PostgreSQL').error(message);
}

function lend(client: PoolClient): PoolClient {
  let isBack = false;
  const query = (...words: Parameters<PoolClient['query']>) => {
    if (isBack) throw new Error('This transaction is over.');
    return client.query(...words);
  };
  const release = (error?: Error | boolean) => {
    isBack = true;
    client.release(error);
  };
  return { query, release } as unknown as PoolClient;
}
