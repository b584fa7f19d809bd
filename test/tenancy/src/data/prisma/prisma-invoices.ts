import { Injectable } from '@nestjs/common';
import type { OrgScope } from 'nestjs-propelauth/cls';
import {
  Invoices,
  type Invoice,
  type InvoiceRow,
  type NewInvoice,
} from '../../invoices/invoices.js';
import { PrismaClient } from './generated/client.js';
import { Tenant } from './tenant.js';

/** No query names the organization: the policies filter by it, and the defaults of the columns set it. */
@Injectable()
export class PrismaInvoices implements Invoices {
  constructor(
    private readonly tenant: Tenant,
    private readonly client: PrismaClient,
  ) {}

  list(org: OrgScope): Promise<Invoice[]> {
    return this.tenant.run(org, (tx) => tx.invoiceTotal.findMany({ orderBy: { number: 'asc' } }));
  }

  find(org: OrgScope, id: string): Promise<Invoice | undefined> {
    return this.tenant.run(org, async (tx) => {
      return (await tx.invoiceTotal.findFirst({ where: { id } })) ?? undefined;
    });
  }

  create(org: OrgScope, { number, lines }: NewInvoice): Promise<Invoice> {
    return this.tenant.run(org, async (tx) => {
      const data = { number, lines: { create: lines.map((cents) => ({ cents })) } };
      const { id } = await tx.invoice.create({ data });
      return (await this.find(org, id))!;
    });
  }

  rename(org: OrgScope, id: string, number: string): Promise<Invoice | undefined> {
    return this.tenant.run(org, async (tx) => {
      await tx.invoice.updateMany({ where: { id }, data: { number } });
      return this.find(org, id);
    });
  }

  addLine(org: OrgScope, id: string, cents: number): Promise<void> {
    return this.tenant.run(org, async (tx) => {
      await tx.invoiceLine.create({ data: { invoiceId: id, cents } });
    });
  }

  remove(org: OrgScope, id: string): Promise<boolean> {
    return this.tenant.run(org, async (tx) => {
      const { count } = await tx.invoice.deleteMany({ where: { id } });
      return count === 1;
    });
  }

  async findAnywhere(id: string): Promise<InvoiceRow | undefined> {
    const rows = await this.client.$queryRaw<InvoiceRow[]>`
      select id, org_id as "orgId", number from find_invoice(${id})`;
    return rows[0];
  }
}
