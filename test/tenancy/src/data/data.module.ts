import { type DynamicModule, Module } from '@nestjs/common';
import { getDataSourceToken, TypeOrmModule } from '@nestjs/typeorm';
import { ClsPluginTransactional } from '@nestjs-cls/transactional';
import { TransactionalAdapterTypeOrm } from '@nestjs-cls/transactional-adapter-typeorm';
import { ClsModule } from 'nestjs-cls';
import { entities } from './entities.js';
import { Invoices } from './invoices.js';
import { assertPoliciesApply } from './policies-apply.js';
import { Tenant } from './tenant.js';

/** How to reach PostgreSQL. */
export interface DataOptions {
  /** As the role `tenancy_app`, which owns nothing. */
  readonly url: string;
  /** The most connections. Default: 10. */
  readonly poolSize?: number;
}

@Module({})
export class DataModule {
  static forRoot({ url, poolSize = 10 }: DataOptions): DynamicModule {
    const adapter = new TransactionalAdapterTypeOrm({ dataSourceToken: getDataSourceToken() });
    return {
      module: DataModule,
      imports: [
        TypeOrmModule.forRootAsync({
          useFactory: async () => {
            await assertPoliciesApply(url);
            // The application's role cannot install extensions, and needs none.
            return { type: 'postgres', url, poolSize, entities, installExtensions: false };
          },
        }),
        ClsModule.registerPlugins([new ClsPluginTransactional({ adapter })]),
      ],
      providers: [Tenant, Invoices],
      exports: [Invoices],
    };
  }
}
