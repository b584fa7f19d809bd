import { createParamDecorator, Injectable, type ExecutionContext } from '@nestjs/common';
import type { InjectableOrgSource, OrgSourceReads } from 'nestjs-propelauth';
import { isUuid } from './invoice-input.js';
import { Invoices, type InvoiceRow } from '../data/invoices.js';

interface InvoiceRequest {
  readonly params: { readonly id: unknown };
  invoice?: InvoiceRow;
}

/** `/invoices/:id` names no organization: it is that of the invoice. The row is kept on the request, for the handler. */
@Injectable()
export class InvoiceOrgSource implements InjectableOrgSource {
  static readonly reads: OrgSourceReads = { from: 'path', name: 'id' };

  constructor(private readonly invoices: Invoices) {}

  /**
   * For an unknown id, it returns an organization that nobody is a member of: the same 403 as for an invoice of another organization. A 404
   * would tell which ids exist, and so would `undefined` under `debugMode`, which adds another reason.
   */
  async orgOf(context: ExecutionContext) {
    const request = context.switchToHttp().getRequest<InvoiceRequest>();
    const { id } = request.params;
    request.invoice = isUuid(id) ? await this.invoices.findAnywhere(id) : undefined;
    return { orgId: request.invoice?.orgId ?? 'none' };
  }
}

/** The invoice that {@link InvoiceOrgSource} has found. Handlers run after the guard has checked its organization. */
export const CurrentInvoice = createParamDecorator(
  (_: unknown, context: ExecutionContext) =>
    context.switchToHttp().getRequest<InvoiceRequest>().invoice,
);
