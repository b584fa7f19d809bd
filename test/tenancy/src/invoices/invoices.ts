import type { OrgScope } from 'nestjs-propelauth/cls';

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
 * The invoices of an organization, with Drizzle, TypeORM or Prisma. Each method takes the organization that the guard has checked: an id from
 * the request does not compile.
 */
export abstract class Invoices {
  abstract list(org: OrgScope): Promise<Invoice[]>;
  abstract find(org: OrgScope, id: string): Promise<Invoice | undefined>;
  /** Writes the invoice and its lines in one transaction. */
  abstract create(org: OrgScope, invoice: NewInvoice): Promise<Invoice>;
  abstract rename(org: OrgScope, id: string, number: string): Promise<Invoice | undefined>;
  abstract addLine(org: OrgScope, id: string, cents: number): Promise<void>;
  abstract remove(org: OrgScope, id: string): Promise<boolean>;
  /** Finds an invoice of any organization. Only for the guard: see InvoiceOrgSource. */
  abstract findAnywhere(id: string): Promise<InvoiceRow | undefined>;
}
