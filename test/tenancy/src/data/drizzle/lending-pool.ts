import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Pool, type PoolClient } from 'pg';
import type { DataOptions } from '../data-options.js';

type Callback = Parameters<InstanceType<typeof Pool>['connect']>[0];

/**
 * A pool whose connections cannot be used after they are released. Drizzle's transactions keep theirs: a query that nobody awaits could
 * otherwise run after its transaction, in the next transaction of the connection, perhaps that of another organization.
 */
export class LendingPool extends Pool implements OnApplicationShutdown {
  constructor({ url, poolSize = 10 }: DataOptions) {
    super({ connectionString: url, max: poolSize });
    // Without listeners, a connection that breaks while it is idle, or between two queries, would end the process.
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
  const lent = { query, release };
  return new Proxy(client, {
    get: (target, name) => Reflect.get(Object.hasOwn(lent, name) ? lent : target, name) as unknown,
  });
}
