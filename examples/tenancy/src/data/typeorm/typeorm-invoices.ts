import { Injectable } from '@nestjs/common';
import type { OrgScope } from 'nestjs-propelauth/cls';
import { DataSource } from 'typeorm';
import type { Invoices, NewInvoice } from '../../invoices/invoices.js';
import { InvoiceLineRow, InvoiceRow, InvoiceTotal } from './entities.js';
import { Tenant } from './tenant.js';

/** No query names the organization: the policies and the defaults of the columns do. */
@Injectable()
export class TypeOrmInvoices implements Invoices {
  constructor(
    private readonly tenant: Tenant,
    private readonly dataSource: DataSource,
  ) {}

  list(org: OrgScope) {
    return this.tenant.run(org, (tx) => tx.find(InvoiceTotal, { order: { number: 'asc' } }));
  }

  find(org: OrgScope, id: string) {
    return this.tenant.run(
      org,
      async (tx) => (await tx.findOneBy(InvoiceTotal, { id })) ?? undefined,
    );
  }

  create(org: OrgScope, { number, lines }: NewInvoice) {
    return this.tenant.run(org, async (tx) => {
      const data = { number, lines: lines.map((cents) => ({ cents })) };
      const { id } = await tx.save(tx.create(InvoiceRow, data));
      return tx.findOneByOrFail(InvoiceTotal, { id });
    });
  }

  rename(org: OrgScope, id: string, number: string) {
    return this.tenant.run(org, async (tx) => {
      await tx.update(InvoiceRow, { id }, { number });
      return this.find(org, id);
    });
  }

  async addLine(org: OrgScope, id: string, cents: number) {
    await this.tenant.run(org, (tx) => tx.insert(InvoiceLineRow, { invoice: { id }, cents }));
  }

  async remove(org: OrgScope, id: string) {
    const { affected } = await this.tenant.run(org, (tx) => tx.delete(InvoiceRow, { id }));
    return affected === 1;
  }

  async findAnywhere(id: string) {
    const [found] = await this.dataSource.query<{ orgId: string; id: string; number: string }[]>(
      `select org_id as "orgId", id, number from find_invoice($1)`,
      [id],
    );
    return found;
  }
}
