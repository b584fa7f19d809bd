import { Module, type OnModuleDestroy } from '@nestjs/common';
import { Pool } from 'pg';
import { ReportsController } from './reports.controller.js';

const pool = { provide: Pool, useFactory: () => new Pool({ connectionString: process.env.DATABASE_URL }) };

@Module({ controllers: [ReportsController], providers: [pool] })
export class ReportsModule implements OnModuleDestroy {
  constructor(private readonly pool: Pool) {}

  async onModuleDestroy(): Promise<void> {
    await this.pool.end();
  }
}
