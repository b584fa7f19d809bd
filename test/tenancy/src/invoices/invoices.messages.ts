import { Catch, Controller, HttpException, UseFilters } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import { orgFromMessage, RequireOrgMember } from 'nestjs-propelauth';
import { throwError } from 'rxjs';
import { asObject, readId, readNewInvoice } from './invoice-input.js';
import { InvoicesService } from './invoices.service.js';

/** The service throws HTTP exceptions, which Nest sends as "Internal server error" over TCP. */
@Catch(HttpException)
class AsRpcException {
  catch(error: HttpException) {
    const { message } = error;
    return throwError(() => ({ status: 'error', code: error.getStatus(), message }));
  }
}

/** The message names the organization. */
@Controller()
@UseFilters(AsRpcException)
@RequireOrgMember({ org: orgFromMessage('orgId') })
export class InvoicesMessages {
  constructor(private readonly invoices: InvoicesService) {}

  @MessagePattern('invoices.list')
  list() {
    return this.invoices.list();
  }

  @MessagePattern('invoices.find')
  find(@Payload() message: unknown) {
    return this.invoices.find(readId(asObject(message).id));
  }

  @MessagePattern('invoices.create')
  create(@Payload() message: unknown) {
    return this.invoices.create(readNewInvoice(asObject(message).invoice));
  }
}
