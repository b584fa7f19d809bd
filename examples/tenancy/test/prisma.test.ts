import { type Prisma, PrismaClient } from '../src/data/prisma/generated/client.js';
import { PrismaDataModule } from '../src/data/prisma/prisma-data.module.js';
import { Tenant } from '../src/data/prisma/tenant.js';
import { describeDataLayer } from './data-layer.js';

describeDataLayer<Prisma.TransactionClient>('Prisma', {
  module: PrismaDataModule,
  tenant: Tenant,
  client: (application) => application.get(PrismaClient, { strict: false }),
  async numbers(client) {
    const rows = await client.invoice.findMany({ orderBy: { number: 'asc' } });
    return rows.map(({ number }) => number);
  },
  insert: (client, number) => client.invoice.create({ data: { number } }),
});
