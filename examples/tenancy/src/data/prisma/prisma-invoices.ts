import { Injectable } from '@nestjs/common';
import type { OrgScope } from 'nestjs-propelauth/cls';
import type { Invoices, NewInvoice } from '../../invoices/invoices.js';
import { PrismaClient } from './generated/client.js';
import { Tenant } from './tenant.js';

/** No query names the organization: the policies and the defaults of the columns do. */
@Injectable()
export class PrismaInvoices implements Invoices {
  constructor(
    private readonly tenant: Tenant,
    private readonly client: PrismaClient,
  ) {}

  list(org: OrgScope) {
    return this.tenant.run(org, (tx) => tx.invoiceTotal.findMany({ orderBy: { number: 'asc' } }));
  }

  find(org: OrgScope, id: string) {
    return this.tenant.run(
      org,
      async (tx) => (await tx.invoiceTotal.findFirst({ where: { id } })) ?? undefined,
    );
  }

  create(org: OrgScope, { number, lines }: NewInvoice) {
    return this.tenant.run(org, async (tx) => {
      const data = { number, lines: { create: lines.map((cents) => ({ cents })) } };
      const { id } = await tx.invoice.create({ data });
      return tx.invoiceTotal.findFirstOrThrow({ where: { id } });
    });
  }

  rename(org: OrgScope, id: string, number: string) {
    return this.tenant.run(org, async (tx) => {
      await tx.invoice.updateMany({ where: { id }, data: { number } });
      return this.find(org, id);
    });
  }

  async addLine(org: OrgScope, id: string, cents: number) {
    await this.tenant.run(org, (tx) => tx.invoiceLine.create({ data: { invoiceId: id, cents } }));
  }

  async remove(org: OrgScope, id: string) {
    const { count } = await this.tenant.run(org, (tx) => tx.invoice.deleteMany({ where: { id } }));
    return count === 1;
  }

  async findAnywhere(id: string) {
    const [found] = await this.client.$queryRaw<{ orgId: string; id: string; number: string }[]>`
      select org_id as "orgId", id, number from find_invoice(${id}::uuid)`;
    return found;
  }
}
