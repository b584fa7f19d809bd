import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { Module, type DynamicModule } from '@nestjs/common';
import { GraphQLModule } from '@nestjs/graphql';
import { ClsModule } from 'nestjs-cls';
import { PropelAuthClsPlugin } from 'nestjs-propelauth/cls';
import { DataModule, type DataOptions } from '../data/data.module.js';
import { InvoiceOrgSource } from './invoice-org-source.js';
import { InvoicesController, OrgInvoicesController } from './invoices.controller.js';
import { InvoicesMessages } from './invoices.messages.js';
import { InvoicesResolver } from './invoices.resolver.js';
import { InvoicesService } from './invoices.service.js';

@Module({
  imports: [
    ClsModule.forRoot({ global: true, plugins: [new PropelAuthClsPlugin()] }),
    GraphQLModule.forRoot<ApolloDriverConfig>({
      driver: ApolloDriver,
      autoSchemaFile: true,
      // So that fields have a caller.
      fieldResolverEnhancers: ['guards', 'interceptors'],
    }),
  ],
  controllers: [OrgInvoicesController, InvoicesController, InvoicesMessages],
  providers: [InvoicesService, InvoicesResolver, InvoiceOrgSource],
})
export class InvoicesModule {
  static forRoot(data: DataOptions): DynamicModule {
    return { module: InvoicesModule, imports: [DataModule.forRoot(data)] };
  }
}
