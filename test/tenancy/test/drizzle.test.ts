import { DrizzleQueryError } from 'drizzle-orm';
import { NodePgDatabase } from 'drizzle-orm/node-postgres';
import { DrizzleDataModule } from '../src/data/drizzle/drizzle-data.module.js';
import { invoices } from '../src/data/drizzle/schema.js';
import { Tenant } from '../src/data/drizzle/tenant.js';
import { describeDataLayer } from './data-layer.js';

describeDataLayer<NodePgDatabase>('Drizzle', {
  module: DrizzleDataModule,
  tenant: Tenant,
  client: (application) => application.get(NodePgDatabase, { strict: false }),
  async numbers(client) {
    const rows = await client.select().from(invoices).orderBy(invoices.number);
    return rows.map(({ number }) => number);
  },
  async insert(client, number) {
    try {
      await client.insert(invoices).values({ number });
    } catch (error) {
      throw error instanceof DrizzleQueryError ? error.cause : error;
    }
  },
});
