import { Injectable } from '@nestjs/common';

@Injectable()
export class InvoicesService {
  readonly paid: string[] = [];

  markAsPaid(invoiceId: string) {
    this.paid.push(invoiceId);
  }
}
