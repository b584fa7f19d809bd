import { Injectable } from '@nestjs/common';
import { eq, sql } from 'drizzle-orm';
import { NodePgDatabase } from 'drizzle-orm/node-postgres';
import type { OrgScope } from 'nestjs-propelauth/cls';
import {
  Invoices,
  type Invoice,
  type InvoiceRow,
  type NewInvoice,
} from '../../invoices/invoices.js';
import { invoiceLines, invoices, invoiceTotals } from './schema.js';
import { Tenant } from './tenant.js';

/** No query names the organization: the policies filter by it, and the defaults of the columns set it. */
@Injectable()
export class DrizzleInvoices implements Invoices {
  constructor(
    private readonly tenant: Tenant,
    private readonly database: NodePgDatabase,
  ) {}

  list(org: OrgScope): Promise<Invoice[]> {
    return this.tenant.run(org, (tx) =>
      tx.select().from(invoiceTotals).orderBy(invoiceTotals.number),
    );
  }

  find(org: OrgScope, id: string): Promise<Invoice | undefined> {
    return this.tenant.run(org, async (tx) => {
      const [invoice] = await tx.select().from(invoiceTotals).where(eq(invoiceTotals.id, id));
      return invoice;
    });
  }

  create(org: OrgScope, { number, lines }: NewInvoice): Promise<Invoice> {
    return this.tenant.run(org, async (tx) => {
      const [{ id }] = await tx.insert(invoices).values({ number }).returning({ id: invoices.id });
      if (lines.length > 0) {
        await tx.insert(invoiceLines).values(lines.map((cents) => ({ invoiceId: id, cents })));
      }
      return (await this.find(org, id))!;
    });
  }

  rename(org: OrgScope, id: string, number: string): Promise<Invoice | undefined> {
    return this.tenant.run(org, async (tx) => {
      await tx.update(invoices).set({ number }).where(eq(invoices.id, id));
      return this.find(org, id);
    });
  }

  addLine(org: OrgScope, id: string, cents: number): Promise<void> {
    return this.tenant.run(org, async (tx) => {
      await tx.insert(invoiceLines).values({ invoiceId: id, cents });
    });
  }

  remove(org: OrgScope, id: string): Promise<boolean> {
    return this.tenant.run(org, async (tx) => {
      const removed = await tx.delete(invoices).where(eq(invoices.id, id)).returning();
      return removed.length > 0;
    });
  }

  async findAnywhere(id: string): Promise<InvoiceRow | undefined> {
    const { rows } = await this.database.execute<{ [Key in keyof InvoiceRow]: string }>(
      sql`select id, org_id as "orgId", number from find_invoice(${id})`,
    );
    return rows[0];
  }
}
