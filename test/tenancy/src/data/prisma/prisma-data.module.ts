import { type DynamicModule, Module, type OnApplicationShutdown } from '@nestjs/common';
import { ClsPluginTransactional } from '@nestjs-cls/transactional';
import { TransactionalAdapterPrisma } from '@nestjs-cls/transactional-adapter-prisma';
import { PrismaPg } from '@prisma/adapter-pg';
import { ClsModule } from 'nestjs-cls';
import { Invoices } from '../../invoices/invoices.js';
import type { DataOptions } from '../data-options.js';
import { assertPoliciesApply } from '../policies-apply.js';
import { PrismaClient } from './generated/client.js';
import { PrismaInvoices } from './prisma-invoices.js';
import { Tenant } from './tenant.js';

/** The data layer with Prisma. */
@Module({})
export class PrismaDataModule implements OnApplicationShutdown {
  constructor(private readonly client: PrismaClient) {}

  readonly onApplicationShutdown = (): Promise<void> => this.client.$disconnect();

  static forRoot({ url, poolSize = 10 }: DataOptions): DynamicModule {
    const adapter = new PrismaPg({ connectionString: url, max: poolSize });
    const newClient = () => assertPoliciesApply(url).then(() => new PrismaClient({ adapter }));
    const transactions = new TransactionalAdapterPrisma({
      prismaInjectionToken: PrismaClient,
      sqlFlavor: 'postgresql', // Without it, Propagation.Nested opens another transaction, without the tenant.
    });
    return {
      module: PrismaDataModule,
      global: true, // for the plugin, which is given PrismaClient
      imports: [ClsModule.registerPlugins([new ClsPluginTransactional({ adapter: transactions })])],
      providers: [
        { provide: PrismaClient, useFactory: newClient },
        Tenant,
        { provide: Invoices, useClass: PrismaInvoices },
      ],
      exports: [PrismaClient, Invoices],
    };
  }
}
