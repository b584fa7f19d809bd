import { Module, type DynamicModule } from '@nestjs/common';
import { ClsPluginTransactional } from '@nestjs-cls/transactional';
import { TransactionalAdapterDrizzleOrm } from '@nestjs-cls/transactional-adapter-drizzle-orm';
import { ClsModule } from 'nestjs-cls';
import { Invoices } from '../../invoices/invoices.js';
import type { DataOptions } from '../data-options.js';
import { ConnectionModule, DATABASE } from './connection.module.js';
import { DrizzleInvoices } from './drizzle-invoices.js';
import { DrizzleTenant } from './drizzle-tenant.js';

/** The invoices, kept by Drizzle. */
@Module({})
export class DrizzleDataModule {
  static forRoot(options: DataOptions): DynamicModule {
    const plugin = new ClsPluginTransactional({
      imports: [ConnectionModule.forRoot(options)],
      adapter: new TransactionalAdapterDrizzleOrm({ drizzleInstanceToken: DATABASE }),
    });
    return {
      module: DrizzleDataModule,
      imports: [ClsModule.registerPlugins([plugin])],
      providers: [DrizzleTenant, { provide: Invoices, useClass: DrizzleInvoices }],
      exports: [Invoices],
    };
  }
}
