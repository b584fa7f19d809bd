import {
  Inject,
  Logger,
  Module,
  type DynamicModule,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import type { Pool } from 'pg';
import type { DataOptions } from '../data-options.js';

export const DATABASE = Symbol('database');

/** The connections to PostgreSQL. */
@Module({})
export class ConnectionModule implements OnApplicationShutdown {
  static forRoot({ url, poolSize = 10 }: DataOptions): DynamicModule {
    const database = {
      provide: DATABASE,
      useFactory: () => drizzle({ connection: { connectionString: url, max: poolSize } }),
    };
    return { module: ConnectionModule, providers: [database], exports: [database] };
  }

  constructor(@Inject(DATABASE) private readonly database: NodePgDatabase & { $client: Pool }) {
    // An idle connection that breaks: without a listener it would end the process.
    database.$client.on('error', ({ message }) => new Logger('PostgreSQL').error(message));
  }

  onApplicationShutdown(): Promise<void> {
    return this.database.$client.end();
  }
}
