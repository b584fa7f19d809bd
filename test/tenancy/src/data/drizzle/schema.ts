import { integer, pgTable, pgView, text, uuid } from 'drizzle-orm/pg-core';
import { sql } from 'drizzle-orm';

/** PostgreSQL sets `org_id` to the organization of the transaction: see sql/2-tables.sql. */
const tenant = sql`nullif(current_setting('app.org_id', true), '')`;

export const invoices = pgTable('invoices', {
  id: uuid().primaryKey().defaultRandom(),
  orgId: text('org_id').notNull().default(tenant),
  number: text().notNull(),
});

export const invoiceLines = pgTable('invoice_lines', {
  id: uuid().primaryKey().defaultRandom(),
  orgId: text('org_id').notNull().default(tenant),
  invoiceId: uuid('invoice_id').notNull(),
  cents: integer().notNull(),
});

export const invoiceTotals = pgView('invoice_totals', {
  orgId: text('org_id').notNull(),
  id: uuid().notNull(),
  number: text().notNull(),
  cents: integer().notNull(),
}).existing();
