import { type DynamicModule, Module } from '@nestjs/common';
import { ClsPluginTransactional } from '@nestjs-cls/transactional';
import { TransactionalAdapterDrizzleOrm } from '@nestjs-cls/transactional-adapter-drizzle-orm';
import { drizzle, NodePgDatabase } from 'drizzle-orm/node-postgres';
import { ClsModule } from 'nestjs-cls';
import { Invoices } from '../../invoices/invoices.js';
import type { DataOptions } from '../data-options.js';
import { assertPoliciesApply } from '../policies-apply.js';
import { DrizzleInvoices } from './drizzle-invoices.js';
import { LendingPool } from './lending-pool.js';
import { Tenant } from './tenant.js';

async function poolOf(options: DataOptions) {
  await assertPoliciesApply(options.url);
  return new LendingPool(options);
}

const databaseOf = (client: LendingPool) => drizzle({ client });

/** The data layer with Drizzle. */
@Module({})
export class DrizzleDataModule {
  static forRoot(options: DataOptions): DynamicModule {
    const adapter = new TransactionalAdapterDrizzleOrm({ drizzleInstanceToken: NodePgDatabase });
    return {
      module: DrizzleDataModule,
      global: true, // for the plugin, which is given NodePgDatabase
      imports: [ClsModule.registerPlugins([new ClsPluginTransactional({ adapter })])],
      providers: [
        { provide: LendingPool, useFactory: () => poolOf(options) },
        { provide: NodePgDatabase, useFactory: databaseOf, inject: [LendingPool] },
        Tenant,
        { provide: Invoices, useClass: DrizzleInvoices },
      ],
      exports: [NodePgDatabase, Invoices],
    };
  }
}
