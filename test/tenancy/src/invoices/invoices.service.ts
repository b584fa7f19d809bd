import { Injectable, NotFoundException } from '@nestjs/common';
import { CallerContext } from 'nestjs-propelauth/cls';
import { exceptionFor } from './database-errors.js';
import { Invoices, type Invoice, type NewInvoice } from '../data/invoices.js';

/** Used by the controllers, the resolver and the message handlers. None of them passes an organization. */
@Injectable()
export class InvoicesService {
  constructor(
    private readonly caller: CallerContext,
    private readonly invoices: Invoices,
  ) {}

  list(): Promise<Invoice[]> {
    return this.invoices.list(this.caller.requireOrg());
  }

  async find(id: string): Promise<Invoice> {
    return found(await this.invoices.find(this.caller.requireOrg(), id));
  }

  create(invoice: NewInvoice): Promise<Invoice> {
    return translatingErrors(this.invoices.create(this.caller.requireOrg(), invoice));
  }

  async rename(id: string, number: string): Promise<Invoice> {
    const org = this.caller.requireOrg();
    return found(await translatingErrors(this.invoices.rename(org, id, number)));
  }

  async addLine(id: string, cents: number): Promise<Invoice> {
    await translatingErrors(this.invoices.addLine(this.caller.requireOrg(), id, cents));
    return this.find(id);
  }

  async remove(id: string): Promise<void> {
    if (!(await this.invoices.remove(this.caller.requireOrg(), id))) throw new NotFoundException();
  }
}

function found<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new NotFoundException();
  return value;
}

function translatingErrors<Result>(work: Promise<Result>): Promise<Result> {
  return work.catch((error: unknown) => {
    throw exceptionFor(error);
  });
}
