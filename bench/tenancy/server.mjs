/**
 * One application of the comparison, in a process of its own. Arguments: which one, what it verifies tokens with, and the addresses of the
 * databases, both as JSON. It tells its parent the port, and ends with it.
 *
 * Everything comes from test/tenancy, so that there is one copy of each package.
 */
import { createRequire } from 'node:module';
import { argv, exit } from 'node:process';
import { pathToFileURL } from 'node:url';

const example = new URL('../../test/tenancy/', import.meta.url);
const requireFromExample = createRequire(new URL('package.json', example));
const load = (name) => import(pathToFileURL(requireFromExample.resolve(name)).href);
const loadData = (name) => import(new URL(`dist/src/${name}.js`, example).href);

await import(pathToFileURL(requireFromExample.resolve('reflect-metadata')).href);
const { Controller, Get, Inject, Module } = await load('@nestjs/common');
const { NestFactory } = await load('@nestjs/core');
const { ClsModule } = await load('nestjs-cls');
const { PropelAuthModule, RequireOrgMember, CurrentOrg } = await load('nestjs-propelauth');
const { CallerContext, PropelAuthClsPlugin } = await load('nestjs-propelauth/cls');

const [, , name, verification, databases] = argv;
process.once('disconnect', () => exit());

const ANSWER = { reports: [{ id: 1, title: 'Quarterly figures' }] };
const cls = ClsModule.forRoot({ global: true, plugins: [new PropelAuthClsPlugin()] });

/** Of each: the imports of its module, the provider that its controller gets, and the handler. */
const APPLICATIONS = {
  guard: async () => ({ imports: [], list: () => ANSWER }),
  cls: async () => ({ imports: [ClsModule.forRoot({ global: true })], list: () => ANSWER }),
  caller: async () => ({
    imports: [cls],
    provider: CallerContext,
    list: (caller) => ({ ...ANSWER, orgId: caller.requireOrg().orgId }),
  }),
  query: async () => {
    const { DataSource } = await load('typeorm');
    const { entities, InvoiceTotalEntity } = await loadData('data/entities');
    const url = JSON.parse(databases).query;
    const database = new DataSource({ type: 'postgres', url, entities, installExtensions: false });
    await database.initialize();
    return {
      imports: [],
      list: (_, { orgId }) =>
        database.manager.find(InvoiceTotalEntity, { where: { orgId }, order: { number: 'asc' } }),
    };
  },
  tenant: async () => {
    const { DataModule } = await loadData('data/data.module');
    const { InvoicesService } = await loadData('invoices/invoices.service');
    return {
      imports: [cls, DataModule.forRoot({ url: JSON.parse(databases).tenant })],
      providers: [InvoicesService],
      provider: InvoicesService,
      list: (invoices) => invoices.list(),
    };
  },
};

const { imports, providers = [], provider, list } = await APPLICATIONS[name]();

class InvoicesController {
  list(org) {
    return list(this.service, org);
  }
}
const { prototype } = InvoicesController;
if (provider !== undefined) Inject(provider)(prototype, 'service');
const descriptor = Object.getOwnPropertyDescriptor(prototype, 'list');
CurrentOrg()(prototype, 'list', 0);
for (const decorate of [RequireOrgMember(), Get()]) decorate(prototype, 'list', descriptor);
Controller('orgs/:orgId/invoices')(InvoicesController);

class BenchModule {}
const { issuer, verifierKey } = JSON.parse(verification);
Module({
  imports: [
    PropelAuthModule.forRoot({
      authUrl: issuer,
      apiKey: 'not-used-in-the-benchmark',
      manualTokenVerificationMetadata: { verifierKey, issuer },
    }),
    ...imports,
  ],
  controllers: [InvoicesController],
  providers,
})(BenchModule);

const app = await NestFactory.create(BenchModule, { logger: ['error', 'warn'] });
await app.listen(0, '127.0.0.1');
process.send({ port: app.getHttpServer().address().port });
