import { type DynamicModule, Module } from '@nestjs/common';
import { getDataSourceToken, TypeOrmModule } from '@nestjs/typeorm';
import { ClsPluginTransactional } from '@nestjs-cls/transactional';
import { TransactionalAdapterTypeOrm } from '@nestjs-cls/transactional-adapter-typeorm';
import { ClsModule } from 'nestjs-cls';
import { Invoices } from '../../invoices/invoices.js';
import type { DataOptions } from '../data-options.js';
import { assertPoliciesApply } from '../policies-apply.js';
import { entities } from './entities.js';
import { Tenant } from './tenant.js';
import { TypeOrmInvoices } from './typeorm-invoices.js';

/** The data layer with TypeORM. */
@Module({})
export class TypeOrmDataModule {
  static forRoot({ url, poolSize = 10 }: DataOptions): DynamicModule {
    const transactions = new TransactionalAdapterTypeOrm({ dataSourceToken: getDataSourceToken() });
    return {
      module: TypeOrmDataModule,
      imports: [
        TypeOrmModule.forRootAsync({
          useFactory: async () => {
            await assertPoliciesApply(url);
            // The application's role cannot install extensions, and needs none.
            return { type: 'postgres', url, poolSize, entities, installExtensions: false };
          },
        }),
        ClsModule.registerPlugins([new ClsPluginTransactional({ adapter: transactions })]),
      ],
      providers: [Tenant, { provide: Invoices, useClass: TypeOrmInvoices }],
      exports: [Invoices],
    };
  }
}
