import { EntityManager, DataSource } from 'typeorm';
import { InvoiceRow } from '../src/data/typeorm/entities.js';
import { Tenant } from '../src/data/typeorm/tenant.js';
import { TypeOrmDataModule } from '../src/data/typeorm/typeorm-data.module.js';
import { describeDataLayer } from './data-layer.js';

describeDataLayer<EntityManager>('TypeORM', {
  module: TypeOrmDataModule,
  tenant: Tenant,
  client: (application) => application.get(DataSource, { strict: false }).manager,
  async numbers(client) {
    const rows = await client.find(InvoiceRow, { order: { number: 'asc' } });
    return rows.map(({ number }) => number);
  },
  insert: (client, number) => client.insert(InvoiceRow, { number }),
});
