import { Injectable } from '@nestjs/common';
import type { OrgScope } from 'nestjs-propelauth/cls';
import { DataSource } from 'typeorm';
import { InvoiceEntity, InvoiceLineEntity, InvoiceTotalEntity } from './entities.js';
import { Tenant } from './tenant.js';

/** A row of the table `invoices`. */
export interface InvoiceRow {
  readonly orgId: string;
  readonly id: string;
  readonly number: string;
}

/** An invoice with the sum of its lines. */
export interface Invoice extends InvoiceRow {
  readonly cents: number;
}

/** What a client sends for a new invoice. */
export interface NewInvoice {
  readonly number: string;
  /** The cents of each line. */
  readonly lines: readonly number[];
}

/**
 * The invoices of an organization. Each method takes the organization that the guard has checked: an id from the request does not compile.
 * No query names it: the policies filter by it, and the defaults of the columns set it.
 */
@Injectable()
export class Invoices {
  constructor(
    private readonly tenant: Tenant,
    private readonly dataSource: DataSource,
  ) {}

  list(org: OrgScope): Promise<Invoice[]> {
    return this.tenant.run(org, (tx) => tx.find(InvoiceTotalEntity, { order: { number: 'asc' } }));
  }

  find(org: OrgScope, id: string): Promise<Invoice | undefined> {
    return this.tenant.run(org, async (tx) => {
      return (await tx.findOneBy(InvoiceTotalEntity, { id })) ?? undefined;
    });
  }

  /** Writes the invoice and its lines in one transaction. */
  create(org: OrgScope, { number, lines }: NewInvoice): Promise<Invoice> {
    return this.tenant.run(org, async (tx) => {
      const data = { number, lines: lines.map((cents) => ({ cents })) };
      const { id } = await tx.save(tx.create(InvoiceEntity, data));
      return (await this.find(org, id))!;
    });
  }

  rename(org: OrgScope, id: string, number: string): Promise<Invoice | undefined> {
    return this.tenant.run(org, async (tx) => {
      await tx.update(InvoiceEntity, { id }, { number });
      return this.find(org, id);
    });
  }

  addLine(org: OrgScope, id: string, cents: number): Promise<void> {
    return this.tenant.run(org, async (tx) => {
      await tx.insert(InvoiceLineEntity, { invoice: { id }, cents });
    });
  }

  remove(org: OrgScope, id: string): Promise<boolean> {
    return this.tenant.run(org, async (tx) => {
      const { affected } = await tx.delete(InvoiceEntity, { id });
      return affected === 1;
    });
  }

  /** Finds an invoice of any organization. Only for the guard: see InvoiceOrgSource. */
  async findAnywhere(id: string): Promise<InvoiceRow | undefined> {
    const rows = await this.dataSource.sql<InvoiceRow[]>`
      select id, org_id as "orgId", number from find_invoice(${id})`;
    return rows[0];
  }
}
